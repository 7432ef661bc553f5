"""What goes wrong in ten years, within minutes. Each accident leaves the world such that it can
go on by itself; what takes time to pass is mended by a timer."""
import signal
import threading
import time

ROLES = ("keeper", "engine", "link", "http", "reader", "parent")


class Accidents:
    def __init__(self, world, random, say):
        self.world, self.random, self.say = world, random, say
        self.stopping = threading.Event()
        self.counts = {}
        self.timers = []
        self.failure = None
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.table = [(each, weight) for each, weight in self.all() if each is not None]

    def all(self):
        yield self.kill_a_role, 6
        yield self.kill_a_node, 3
        yield self.restart_a_node, 1
        yield self.hold_a_role, 2
        yield self.cut_the_cable, 3
        yield self.let_one_way_only, 2
        yield self.slow_the_cable, 2
        yield self.restart_everything, 0.5

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

    def kill_a_node(self):
        service = self.service()
        self.say(f"kill -9 {service.name}")
        service.kill()

    def restart_a_node(self):
        service = self.service()
        self.say(f"stop and start {service.name}")
        service.stop()
        time.sleep(self.random.uniform(0, 2))
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
