# SPDX-License-Identifier: Apache-2.0
"""What agents keep on their disks: nothing in steady state, whole files, one identity a machine.

    [KILLING_SECONDS=120] agents_disk.py PATH_OF_dsn-agent [unittest arguments]
"""

import os
import shutil
import subprocess
import time
import unittest

import agents
import lan

KILLING_SECONDS = float(os.environ.get("KILLING_SECONDS", 6))


def write_bytes(agent):
    with open(f"/proc/{agent.process.pid}/io") as io:
        return next(int(line.split()[1]) for line in io if line.startswith("write_bytes"))


def folder_of(agent):
    return agent.config["credential_dir"]


def disk_marks(agent):
    """Changes with everything that is written, renamed, created, removed or only touched."""
    folder = folder_of(agent)
    marks = {}
    for path in [folder] + [os.path.join(folder, name) for name in os.listdir(folder)]:
        status = os.stat(path)
        marks[path] = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return marks


def mount_tmpfs(path, size):
    os.mkdir(path)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], check=True)


def set_read_only(path, read_only):
    subprocess.run(["mount", "-o", f"remount,{'ro' if read_only else 'rw'}", path], check=True)


class SteadyState(unittest.TestCase):
    def test_writes_nothing_while_nodes_come_and_go_and_values_change(self):
        with lan.Lan(3) as net, agents.Site() as site:
            agent = site.agent("attic", net.hosts[0], start=False)
            agent.log_file = os.devnull  # what it logs would be counted too
            agent.start()
            marks, written = disk_marks(agent), write_bytes(agent)
            self.assertIn(os.path.join(folder_of(agent), "state.cbor"), marks)
            others = [site.agent(f"node{i}", net.hosts[i]) for i in (1, 2)]
            lan.wait_until(lambda: agents.all_meet([agent] + others), 20)
            for value in range(300):
                agent.set("counter", value)
                others[value % 2].set("counter", value)
            for other in others:
                last = other.value(other.name, "counter")
                lan.wait_until(lambda: agent.value(other.name, "counter") == last, 10)
            self.assertEqual(others[0].terminate(), 0)
            lan.wait_until(lambda: agent.nodes()["node1"]["state"] == "restarting", 10)
            others[0].start()
            lan.wait_until(lambda: agents.all_meet([agent] + others), 20)
            self.assertEqual(disk_marks(agent), marks)
            self.assertEqual(write_bytes(agent), written)
            # What it has met goes to the disk when it ends, so the marks can change.
            self.assertEqual(agent.terminate(), 0)
            self.assertNotEqual(disk_marks(agent), marks)


class Memory(unittest.TestCase):
    """Nodes find each other again where nothing but their memory leads there."""

    def meet_again(self, narrow):
        with lan.Lan(2) as net, agents.Site() as site:
            for host in net.hosts:
                narrow(host)
            members = [site.agent(f"node{i}", net.hosts[i], port=17373) for i in (0, 1)]
            lan.wait_until(lambda: agents.all_meet(members), 20)
            for agent in members:
                self.assertEqual(agent.terminate(), 0)
            net.drop_multicast()
            for agent in members:
                agent.start()
            lan.wait_until(lambda: agents.all_meet(members), 20)
            self.assertIn("remembered", [members[i].nodes()[f"node{1 - i}"]["via"] for i in (0, 1)])

    def test_by_ipv4_addresses(self):
        self.meet_again(lambda host: host.only_ipv4())

    def test_by_link_local_addresses(self):
        def only_link_local(host):
            host.only_ipv6()
            host.remove_address(f"{host.ipv6}/64")
        self.meet_again(only_link_local)


class Copies(unittest.TestCase):
    def machine(self, site, number):
        """A tree that names a machine, for --system-root."""
        root = os.path.join(site.path, f"machine{number}")
        os.makedirs(os.path.join(root, "etc"))
        with open(os.path.join(root, "etc/machine-id"), "w") as file:
            file.write(f"{number:032x}\n".replace("0", "a"))
        return ["--system-root", root]

    def test_a_copied_folder_gives_another_node_on_another_machine(self):
        with lan.Lan(3) as net, agents.Site() as site:
            original = site.agent("attic", net.hosts[0], start=False)
            original.options = self.machine(site, 1)
            observer = site.agent("observer", net.hosts[2])
            original.start()
            lan.wait_until(lambda: agents.all_meet([original, observer]), 20)
            self.assertEqual(original.terminate(), 0)
            copy = site.agent("copy", net.hosts[1], start=False)
            copy.options = self.machine(site, 2)
            shutil.copytree(folder_of(original), folder_of(copy))
            original.start()
            copy.start()
            members = [original, copy, observer]
            lan.wait_until(lambda: agents.all_meet(members), 20)
            for agent in members:
                agent.set("site/name", agent.name)
            for reader in members:
                for owner in members:
                    lan.wait_until(
                        lambda: reader.value(owner.name, "site/name") == owner.name, 20)
            ids = {agent.call("status")["node_id"] for agent in members}
            self.assertEqual(len(ids), 3)
            self.assertEqual(copy.call("status")["incarnation"], 1, "not that of the original")
            self.assertIn("copied from another machine", copy.log_text())
            self.assertIn("copied from another machine", copy.warnings()[0])
            self.assertNotIn("copied", original.log_text())
            self.assertEqual(observer.counters()["drop_stale_session"], 0)

    def test_a_machine_that_replaces_another_adopts_its_key(self):
        with lan.Lan(2) as net, agents.Site() as site:
            agent = site.agent("attic", net.hosts[0], start=False)
            agent.options = self.machine(site, 1)
            first = agent.start().call("status")["node_id"]
            agent.kill()
            agent.options = self.machine(site, 2)
            self.assertNotEqual(agent.start().call("status")["node_id"], first)
            agent.kill()
            key = os.path.join(folder_of(agent), "node.key")
            os.rename(f"{key}.of-{first}", key)
            options = agent.options
            agent.options = options + ["--adopt"]
            self.assertEqual(agent.start().call("status")["node_id"], first)
            agent.kill()
            agent.options = options
            self.assertEqual(agent.start().call("status")["node_id"], first)


class Killed(unittest.TestCase):
    """Whatever became of the disk in between, the first update after a start is seen by all."""

    def kill_again_and_again(self, net, site, prepare, change_disk, counts_up):
        disk = os.path.join(site.path, "disk")
        mount_tmpfs(disk, "1m")
        try:
            watchers = [site.agent(f"watcher{i}", net.hosts[i]) for i in (0, 1)]
            victim = site.agent("victim", net.hosts[2], credential_dir=disk)
            lan.wait_until(lambda: agents.all_meet(watchers + [victim]), 20)
            prepare(disk)
            deadline = time.monotonic() + KILLING_SECONDS / 3
            rounds, slowest = 0, 0
            while time.monotonic() < deadline or rounds < 2:
                rounds += 1
                victim.kill()
                change_disk(disk)
                victim.start()
                started = time.monotonic()
                victim.set("round", rounds)
                for watcher in watchers:
                    lan.wait_until(lambda: self.sees(watcher, rounds), 30,
                                   f"{watcher.name} sees round {rounds}; {victim.log_text()}")
                slowest = max(slowest, time.monotonic() - started)
            print(f"{rounds} kills; the first update was seen within {slowest * 1000:.0f} ms")
            incarnation = victim.call("status")["incarnation"]
            self.assertEqual(incarnation, rounds + 1 if counts_up else 1)
        finally:
            victim.kill()
            subprocess.run(["umount", disk], check=True)

    def sees(self, watcher, value):
        """One node of that name has it: on a wiped disk each start is another node."""
        return any(reading["value"] == value and reading["node"].split("~")[0] == "victim"
                   for reading in watcher.readings(key="round"))

    def wipe(self, disk):
        for name in os.listdir(disk):
            os.unlink(os.path.join(disk, name))

    def test_with_its_disk_kept(self):
        with lan.Lan(3) as net, agents.Site() as site:
            self.kill_again_and_again(net, site, lambda disk: None, lambda disk: None, True)

    def test_with_its_disk_wiped(self):
        with lan.Lan(3) as net, agents.Site() as site:
            self.kill_again_and_again(net, site, lambda disk: None, self.wipe, False)

    def test_with_its_disk_read_only(self):
        with lan.Lan(3) as net, agents.Site() as site:
            self.kill_again_and_again(
                net, site, lambda disk: set_read_only(disk, True), lambda disk: None, True)


class FullDisk(unittest.TestCase):
    def test_is_said_once_and_over_when_there_is_room(self):
        with lan.Lan(2) as net, agents.Site() as site:
            disk = os.path.join(site.path, "disk")
            mount_tmpfs(disk, "64k")
            filler = os.path.join(disk, "filler")
            with open(filler, "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(4096))
                except OSError:
                    pass
            full = site.agent("full", net.hosts[0], credential_dir=disk)
            other = site.agent("other", net.hosts[1])
            try:
                lan.wait_until(lambda: agents.all_meet([full, other]), 20)
                full.set("door", "open")
                lan.wait_until(lambda: other.value("full", "door") == "open", 10)
                self.assertIn("No space left on device", full.warnings()[0])
                self.assertEqual(sorted(os.listdir(disk)), ["filler"])
                os.unlink(filler)
                lan.wait_until(lambda: not full.warnings(), 20)
                self.assertEqual(sorted(os.listdir(disk)), ["node.key", "state.cbor"])
                self.assertEqual(full.log_text().count("running on in memory"), 1)
                self.assertEqual(full.log_text().count("can be written again"), 1)
                before = full.call("status")["node_id"]
                full.kill()
                self.assertEqual(full.start().call("status")["node_id"], before)
            finally:
                full.kill()
                subprocess.run(["umount", disk], check=True)


class OpenKey(unittest.TestCase):
    def test_is_closed_and_said(self):
        with lan.Lan(1) as net, agents.Site() as site:
            agent = site.agent("attic", net.hosts[0])
            agent.kill()
            key = os.path.join(folder_of(agent), "node.key")
            os.chmod(key, 0o644)
            agent.start()
            self.assertEqual(os.stat(key).st_mode & 0o777, 0o600)
            self.assertIn("others had access to it (mode 0644)", agent.log_text())


if __name__ == "__main__":
    agents.main("AGENT")
