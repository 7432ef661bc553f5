//! The crate `voprf` at the task of bench/compare_matching: compare_crate SIZE
//!
//! RFC 9497, mode VOPRF, ristretto255 with SHA-512, in one thread. A list of SIZE
//! domains and SIZE questions, half of them hits. Once with a proof for each element,
//! as Chirograph does it, and once with the RFC's batched proof, one for at most 65,535
//! elements, which is cheaper and can be forged by who holds the key.
//!
//! Prints lines `WHO <tab> SIZE <tab> STEP <tab> processor seconds <tab> octets sent`.

use rand::rngs::OsRng;
use std::collections::HashSet;
use voprf::{BlindedElement, EvaluationElement, Proof, Ristretto255, VoprfClient, VoprfServer};

type Suite = Ristretto255;

const EACH: &str = "voprf, a proof each";
const BATCHED: &str = "voprf, batched proof";

const ELEMENT_SIZE: usize = 32;
const PROOF_SIZE: usize = 64;
const TAG_SIZE: usize = 16;
const BATCH: usize = 65_535;

/// Processor time of this thread, user and system, in seconds.
fn processor_seconds() -> f64 {
    #[repr(C)]
    struct Timespec {
        seconds: i64,
        nanoseconds: i64,
    }
    extern "C" {
        fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
    }
    const CLOCK_PROCESS_CPUTIME_ID: i32 = 2;
    let mut time = Timespec {
        seconds: 0,
        nanoseconds: 0,
    };
    assert_eq!(
        unsafe { clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &mut time) },
        0
    );
    time.seconds as f64 + time.nanoseconds as f64 / 1e9
}

fn print_step(who: &str, size: usize, step: &str, seconds: f64, octets: usize) {
    println!("{who}\t{size}\t{step}\t{seconds:.6}\t{octets}");
}

fn timed<T>(who: &str, size: usize, step: &str, work: impl FnOnce() -> (T, usize)) -> T {
    let start = processor_seconds();
    let (value, octets) = work();
    print_step(who, size, step, processor_seconds() - start, octets);
    value
}

fn domain(number: usize) -> Vec<u8> {
    format!("host-{number:07}.example.net").into_bytes()
}

fn tag(output: &[u8]) -> [u8; TAG_SIZE] {
    output[..TAG_SIZE].try_into().unwrap()
}

struct Question {
    input: Vec<u8>,
    client: VoprfClient<Suite>,
    blinded: BlindedElement<Suite>,
}

fn ask(who: &str, size: usize) -> Vec<Question> {
    timed(who, size, "ask", || {
        let questions = (size / 2..size / 2 + size)
            .map(|number| {
                let input = domain(number);
                let blind = VoprfClient::<Suite>::blind(&input, &mut OsRng).unwrap();
                Question {
                    input,
                    client: blind.state,
                    blinded: blind.message,
                }
            })
            .collect();
        (questions, size * ELEMENT_SIZE)
    })
}

fn check_hits(size: usize, hits: usize) {
    assert_eq!(hits, size - size / 2, "wrong number of hits");
}

fn one_proof_each(size: usize, server: &VoprfServer<Suite>, tags: &HashSet<[u8; TAG_SIZE]>) {
    let who = EACH;
    let questions = ask(who, size);
    let answers: Vec<(EvaluationElement<Suite>, Proof<Suite>)> = timed(who, size, "answer", || {
        let answers = questions
            .iter()
            .map(|question| {
                let result = server.blind_evaluate(&mut OsRng, &question.blinded);
                (result.message, result.proof)
            })
            .collect();
        (answers, size * (ELEMENT_SIZE + PROOF_SIZE))
    });
    let public_key = server.get_public_key();
    let hits = timed(who, size, "conclude", || {
        let hits = questions
            .iter()
            .zip(&answers)
            .filter(|(question, (evaluated, proof))| {
                let output = question
                    .client
                    .finalize(&question.input, evaluated, proof, public_key)
                    .unwrap();
                tags.contains(&tag(&output))
            })
            .count();
        (hits, 0)
    });
    check_hits(size, hits);
}

fn batched_proof(size: usize, server: &VoprfServer<Suite>, tags: &HashSet<[u8; TAG_SIZE]>) {
    let who = BATCHED;
    let questions = ask(who, size);
    let blinded: Vec<BlindedElement<Suite>> = questions
        .iter()
        .map(|question| question.blinded.clone())
        .collect();
    let answers: Vec<(Vec<EvaluationElement<Suite>>, Proof<Suite>)> =
        timed(who, size, "answer", || {
            let answers: Vec<_> = blinded
                .chunks(BATCH)
                .map(|chunk| {
                    let result = server
                        .batch_blind_evaluate(&mut OsRng, &chunk.to_vec())
                        .unwrap();
                    (result.messages, result.proof)
                })
                .collect();
            let octets = size * ELEMENT_SIZE + answers.len() * PROOF_SIZE;
            (answers, octets)
        });
    let public_key = server.get_public_key();
    let hits = timed(who, size, "conclude", || {
        let mut hits = 0;
        for (chunk, (evaluated, proof)) in questions.chunks(BATCH).zip(&answers) {
            let inputs: Vec<&[u8]> = chunk.iter().map(|q| q.input.as_slice()).collect();
            let clients: Vec<VoprfClient<Suite>> = chunk.iter().map(|q| q.client.clone()).collect();
            let outputs =
                VoprfClient::batch_finalize(&inputs, &clients, evaluated, proof, public_key)
                    .unwrap();
            hits += outputs
                .filter(|output| tags.contains(&tag(output.as_ref().unwrap())))
                .count();
        }
        (hits, 0)
    });
    check_hits(size, hits);
}

fn main() {
    let size: usize = std::env::args()
        .nth(1)
        .and_then(|argument| argument.parse().ok())
        .expect("compare_crate SIZE");
    let server = VoprfServer::<Suite>::new(&mut OsRng).unwrap();
    let start = processor_seconds();
    let tags: HashSet<[u8; TAG_SIZE]> = (0..size)
        .map(|number| tag(&server.evaluate(&domain(number)).unwrap()))
        .collect();
    let seconds = processor_seconds() - start;

    for who in [EACH, BATCHED] {
        print_step(who, size, "list", seconds, size * TAG_SIZE);
    }
    one_proof_each(size, &server, &tags);
    batched_proof(size, &server, &tags);
}
