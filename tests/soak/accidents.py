"""What goes wrong in ten years, within minutes. Each accident leaves the world such that it can
go on by itself; what takes time to pass is mended by a timer."""
import os
import shutil
import signal
import threading
import time

ROLES = ("keeper", "engine", "link", "http", "reader", "alarm", "parent")


class Accidents:
    def __init__(self, world, random, say):
        self.world, self.random, self.say = world, random, say
        self.stopping = threading.Event()
        self.counts = {}
        self.timers = []
        self.failure = None
        self.packs = 0
        self.copies = set()  # parties of which an older copy of the home lies here
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.table = [(each, weight) for each, weight in self.all()
                      if each.__name__ not in world.without]

    def all(self):
        yield self.kill_a_role, 6
        yield self.kill_a_node, 3
        yield self.restart_a_node, 1
        yield self.hold_a_role, 2
        yield self.cut_the_cable, 3
        yield self.let_one_way_only, 2
        yield self.slow_the_cable, 2
        yield self.restart_everything, 0.5
        yield self.send_by_courier, 3
        yield self.copy_a_home, 3
        yield self.restore_the_database, 2
        yield self.restore_the_keeper, 2
        yield self.restore_both, 2
        yield self.lose_the_keepers_state, 1
        yield self.continue_under_another_key, 1

    def work(self):
        try:
            while not self.stopping.wait(self.random.uniform(0.3, 3)):
                self.one()
        except Exception as error:  # pylint: disable=broad-except
            self.failure = error
            self.say(f"the harness failed: {error!r}")

    def one(self):
        accident = self.random.choices([row[0] for row in self.table],
                                       [row[1] for row in self.table])[0]
        name = accident.__name__.replace("_", " ")
        if accident() is not False:
            self.counts[name] = self.counts.get(name, 0) + 1

    def node(self):
        return self.random.choice(self.world.nodes)

    def later(self, seconds, what):
        timer = threading.Timer(seconds, what)
        timer.daemon = True
        timer.start()
        self.timers.append(timer)

    def end(self):
        """No further accidents, and what is broken is mended."""
        self.stopping.set()
        self.thread.join()
        for timer in self.timers:
            timer.join()
        self.world.cable.mend()

    # --- processes -----------------------------------------------------------------

    def service(self):
        return self.random.choice(self.world.services())

    def kill_a_role(self):
        service = self.service()
        roles = sorted(service.roles())
        if not roles:
            return False
        role = self.random.choice(roles)
        self.say(f"kill -9 {service.name} {role}")
        return service.signal(role, signal.SIGKILL)

    def kill_meanwhile(self):
        """Perhaps: something is killed in the middle of what comes next."""
        if self.random.random() < 0.5:
            self.later(self.random.uniform(0, 4), self.kill_a_role)

    def kill_a_node(self):
        service = self.service()
        self.say(f"kill -9 {service.name}")
        service.kill()

    def restart_a_node(self):
        service = self.service()
        self.say(f"stop and start {service.name}")
        service.stop()
        time.sleep(self.random.choice((0, 1, 12)) * self.random.random())
        service.start()

    def hold_a_role(self):
        service = self.service()
        role = self.random.choice(ROLES)
        pid = service.roles().get(role)
        if pid is None or role == "parent":
            return False
        self.say(f"hold {service.name} {role}")
        service.signal(role, signal.SIGSTOP)
        time.sleep(self.random.uniform(0.5, 4))
        service.signal(role, signal.SIGCONT)
        return True

    def restart_everything(self):
        self.say("stop and start everything")
        services = self.world.services()
        for service in services:
            service.stop()
        for service in services:
            service.start()

    # --- the cable -------------------------------------------------------------------

    def cut_the_cable(self):
        if not self.world.cable.open:
            return False
        seconds = self.random.uniform(0.1, 12)
        self.say(f"cut the cable for {seconds:.1f} s")
        self.world.cable.cut()
        self.later(seconds, self.world.cable.mend)
        return True

    def let_one_way_only(self):
        side = self.random.randrange(2)
        seconds = self.random.uniform(1, 12)
        self.say(f"nothing from {self.world.nodes[side].party} for {seconds:.1f} s")
        self.world.cable.passes[side] = False
        self.later(seconds, self.world.cable.mend)

    def slow_the_cable(self):
        self.world.cable.rate = self.random.choice((20000, 100000, 500000))
        seconds = self.random.uniform(1, 10)
        self.say(f"the cable is slow for {seconds:.1f} s")
        self.later(seconds, self.world.cable.mend)

    # --- what is lost, or comes back from the past --------------------------------------

    def copy_a_home(self):
        node = self.node()
        self.say(f"copy the home of {node.party}")
        node.stop()
        target = self.world.folder / f"copy-{node.party}"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(node.home, target, copy_function=copy_with_owner)
        self.copies.add(node.party)
        node.start()

    def restore_the_database(self):
        return self.restore("data")

    def restore_the_keeper(self):
        return self.restore("keeper")

    def restore_both(self):
        return self.restore("data", "keeper")

    def lose_the_keepers_state(self):
        def lose(node):
            for path in node.keeper.glob("*.state"):
                path.unlink()
        return self.hurt(self.node(), "lose the keeper's state of", lose)

    def restore(self, *parts):
        if not self.copies:
            return False
        node = self.random.choice([node for node in self.world.nodes if node.party in self.copies])

        def put_back(node):
            copy = self.world.folder / f"copy-{node.party}"
            if "data" in parts:
                for path in node.database.parent.iterdir():
                    path.unlink()
            for part in parts:
                # Never the keys: who restores those from the past loses new ones.
                for path in (copy / part).glob("*.state" if part == "keeper" else "*"):
                    copy_with_owner(path, node.home / part / path.name)
        return self.hurt(node, f"restore the {' and the '.join(parts)} of", put_back)

    def hurt(self, node, what, harm):
        """What a node has signed and nobody else holds is lost with it, so both come to rest
        first; the other side goes on while the node recovers."""
        try:
            self.at_rest()
            node.service.kill_for_good()
            self.say(f"{what} {node.party}")
            harm(node)
            for person in self.world.people:
                if person.node is not node:
                    person.paused.clear()
            node.start()
            self.recover(node)
        finally:
            self.go_on()
        return True

    def continue_under_another_key(self):
        """A log key is lost, or was: the appointing key names the next one."""
        node = self.node()
        try:
            self.at_rest()
            self.say(f"another log key for {node.party}")
            self.kill_meanwhile()
            status, said = self.world.chiro_of(
                node, "act", "appoint", "--office", "log", "--author", "appointing", "--key",
                node.folder / "appointing", "--yes")
            if status != 0:
                raise RuntimeError(f"{node.party} does not appoint: {said}")
            self.world.tell_the_neutrals()
        finally:
            self.go_on()

    def at_rest(self):
        """Nobody acts, and both sides hold and have receipted everything."""
        self.world.cable.mend()
        for person in self.world.people:
            person.paused.set()
        for person in self.world.people:
            person.at_rest.wait()
        self.world.settle()

    def go_on(self):
        for person in self.world.people:
            person.paused.clear()

    def recover(self, node):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            # A node whose database and keeper are equally old learns it from others.
            channel = node.try_request("GET", node.of_channel())[1] or {}
            if channel.get("trouble", "none") != "none" or channel.get("link", {})["state"] == "up":
                break
            time.sleep(0.1)
        self.kill_meanwhile()
        status, said = self.world.chiro_of(node, "recover", "--timeout", "20s")
        if status != 0:
            files = self.pack(self.other(node), "--copy")
            status, said = self.world.chiro_of(node, "recover", "--timeout", "2m", *files)
        self.say(f"recovered: {' '.join(said.split())}")
        if status != 0:
            raise RuntimeError(f"{node.party} does not recover: {said}")

    # --- the courier ---------------------------------------------------------------------

    def other(self, node):
        return self.world.nodes[1 - self.world.nodes.index(node)]

    def new_name(self):
        self.packs += 1
        return self.world.folder / f"pack-{self.packs}"

    def pack(self, node, *words):
        """The volumes of a pack, in order."""
        status, said = self.world.chiro_of(node, "pack", *words, "--output", self.new_name)
        if status != 0:
            raise RuntimeError(f"{node.party} does not pack: {said}")
        name = f"pack-{self.packs}"
        whole = self.world.folder / name
        return [whole] if whole.exists() else sorted(
            self.world.folder.glob(f"{name}.*"), key=lambda path: int(path.suffix[1:]))

    def send_by_courier(self):
        """While the cable is cut; files may be taken twice, late, and in any order."""
        self.world.cable.cut()
        self.say("the courier")
        self.kill_meanwhile()
        late = []
        try:
            for _ in range(self.random.randrange(1, 4)):
                for node in self.world.nodes:
                    other = self.other(node)
                    volume = self.random.choice((("--volume", "1M"), ("--volume", "256K"), ()))
                    files = self.pack(node, other.party, *volume)
                    self.random.shuffle(files)
                    self.take(other, files)
                    late.append((other, files))
            for node, files in late:
                if self.random.random() < 0.3:
                    self.take(node, files)
        finally:
            self.world.cable.mend()

    def take(self, node, files):
        status, said = self.world.chiro_of(node, "take", *files)
        if status != 0:
            raise RuntimeError(f"{node.party} does not take: {said}")
        self.say(f"{node.party} takes: {' '.join(said.split())}")


def copy_with_owner(source, target):
    shutil.copy2(source, target)
    status = os.stat(source)
    if os.geteuid() == 0:
        os.chown(target, status.st_uid, status.st_gid)
