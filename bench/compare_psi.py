"""openmined.psi at the task of bench/compare_matching: compare_psi.py SIZE

Private set intersection by commutative encryption over P-256. A list of SIZE domains and
SIZE questions, half of them hits, with each of the library's three data structures for the
list; false positives at most FALSE_POSITIVES in all questions.

Prints lines `WHO <tab> SIZE <tab> STEP <tab> processor seconds <tab> octets sent`.
"""
import sys
import time

import private_set_intersection.python as psi

FALSE_POSITIVES = 1e-9
STRUCTURES = (("Golomb set", psi.DataStructure.GCS), ("Bloom filter", psi.DataStructure.BLOOM_FILTER),
              ("raw", psi.DataStructure.RAW))


def domains(first, end):
    return [f"host-{number:07}.example.net" for number in range(first, end)]


def timed(who, size, step, work):
    start = time.process_time()
    made = work()
    seconds = time.process_time() - start
    octets = len(made.SerializeToString()) if hasattr(made, "SerializeToString") else 0
    print(who, size, step, f"{seconds:.6f}", octets, sep="\t", flush=True)
    return made


def match(name, structure, size):
    who = f"openmined.psi, {name}"
    listed, asked = domains(0, size), domains(size // 2, size // 2 + size)
    owner = psi.server.CreateWithNewKey(True)
    asker = psi.client.CreateWithNewKey(True)
    setup = timed(who, size, "list",
                  lambda: owner.CreateSetupMessage(FALSE_POSITIVES, size, listed, structure))
    request = timed(who, size, "ask", lambda: asker.CreateRequest(asked))
    response = timed(who, size, "answer", lambda: owner.ProcessRequest(request))
    hits = timed(who, size, "conclude", lambda: asker.GetIntersection(setup, response))
    if sorted(hits) != list(range(size - size // 2)):
        sys.exit(f"{who}: {len(hits)} hits, {size - size // 2} expected")


for name, structure in STRUCTURES:
    match(name, structure, int(sys.argv[1]))
