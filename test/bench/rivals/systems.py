# SPDX-License-Identifier: Apache-2.0
"""The systems that are measured: what each needs besides its own programs, and what it can do."""

import json
import os
import secrets
import shutil
import socket

from board import wait_for


def free_port():
    """No other process is in this network namespace."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class System:
    """One row of the tables."""

    keeps_state = True  # a newcomer gets what was published before
    needs = ()  # programs of others
    most = 50  # nodes that it is measured with

    def __init__(self, name, program, how="-"):
        self.name, self.program, self.how = name, program, how

    def missing(self, folder):
        """What is not here of what it needs; nothing if it can be measured."""
        programs = [p for p in self.needs if self.found(p) is None]
        if not os.path.exists(os.path.join(folder, "test/bench/rivals", self.program)):
            programs.append(f"the program {self.program} (its library was not found)")
        return programs

    @staticmethod
    def found(program):
        return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")

    def prepare(self, run):
        """Starts what is needed besides the nodes. Returns WHERE of their command lines."""
        return "-"

    def add_node(self, run, where, index):
        """Starts what a node needs."""

    environment = {}


class Raw(System):
    keeps_state = False


class Dsn(System):
    def __init__(self, name, program, how="-", mail_rate=None):
        super().__init__(name, program, how)
        self.mail_rate = mail_rate

    def config(self, run, **more):
        key = os.path.join(run.path, "network.key")
        if not os.path.exists(key):
            with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(16) + "\n")
        config = {"interfaces": ["lo"], "port": 0, "aes_key_file": key, **more}
        if self.mail_rate:
            config["mail_rate"] = self.mail_rate
        return config

    def prepare(self, run):
        path = os.path.join(run.path, "node.yaml")
        with open(path, "w") as file:
            json.dump(self.config(run), file)  # which is YAML
        return path


class DsnAgents(Dsn):
    most = 10

    def prepare(self, run):
        return run.path

    def add_node(self, run, where, index):
        path = os.path.join(where, f"agent{index}.yaml")
        with open(path, "w") as file:
            json.dump(self.config(run, node_id=f"node{index}",
                                  credential_dir=os.path.join(where, f"state{index}")), file)
        name = os.path.join(where, f"node{index}.sock")
        agent = os.path.join(run.folder, "src/agent/dsn-agent")
        run.processes.start([agent, "--config", path, "--socket", name])
        wait_for(lambda: os.path.exists(name), 20, f"{name} is there")


class Mosquitto(System):
    needs = ("mosquitto",)
    most = 50

    def prepare(self, run):
        port = free_port()
        lines = [f"listener {port} 127.0.0.1", "allow_anonymous true", "set_tcp_nodelay true",
                 "max_inflight_messages 0", "max_queued_messages 0"]
        if self.how.startswith("psk-"):
            keys = os.path.join(run.path, "psk")
            with open(keys, "w") as file:
                file.write(f"bench:{self.how[4:]}\n")
            lines += [f"psk_file {keys}", "psk_hint bench"]
        if os.geteuid() == 0:
            lines.append("user root")
        path = os.path.join(run.path, "mosquitto.conf")
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
        run.processes.start([self.found("mosquitto"), "-c", path])
        wait_for(lambda: answers(port), 10, "mosquitto answers")
        return str(port)


class Nats(System):
    needs = ("nats-server",)
    keeps_state = False

    def prepare(self, run):
        port = free_port()
        run.processes.start([self.found("nats-server"), "-a", "127.0.0.1", "-p", str(port)])
        wait_for(lambda: answers(port), 10, "nats-server answers")
        return str(port)


class CycloneDds(System):
    def __init__(self, name, program, how):
        super().__init__(name, program, how)
        multicast = "true" if how == "multicast" else "spdp"  # spdp: to find each other only
        self.environment = {"CYCLONEDDS_URI": f"""<CycloneDDS><Domain><General>
            <Interfaces><NetworkInterface name="lo" multicast="true"/></Interfaces>
            <AllowMulticast>{multicast}</AllowMulticast></General>
            <Discovery><ParticipantIndex>auto</ParticipantIndex>
            <MaxAutoParticipantIndex>100</MaxAutoParticipantIndex></Discovery>
            </Domain></CycloneDDS>"""}


FLOOR = "raw UDP, AES-128-CCM, sendmmsg"
ALL = [
    Raw(FLOOR, "raw_udp"),
    Dsn("DSN, library", "dsn_node"),
    Dsn("DSN, library, mail_rate 100000", "dsn_node", mail_rate=100_000),
    DsnAgents("DSN, through agents", "dsn_agent"),
    CycloneDds("CycloneDDS, unicast", "cyclonedds", "unicast"),
    CycloneDds("CycloneDDS, multicast", "cyclonedds", "multicast"),
    Mosquitto("mosquitto, QoS 0", "mosquitto", "qos0"),
    Mosquitto("mosquitto, QoS 1", "mosquitto", "qos1"),
    Mosquitto("mosquitto, QoS 1, TLS-PSK", "mosquitto", "psk-" + secrets.token_hex(16)),
    Nats("NATS core", "nats"),
]
# Those of a quick run: the floor, ours, and the fastest of others.
QUICK = [FLOOR, "DSN, library", "CycloneDDS, unicast", "mosquitto, QoS 0", "NATS core"]
