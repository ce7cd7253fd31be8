# SPDX-License-Identifier: Apache-2.0
"""What a member can make agents send: to addresses where no node is, and to itself. Prints figures."""

import json
import secrets
import socket
import sys
import time
import unittest

import agents
import lan
import member
from member import wire

PORT = 17373
FAR = "192.168.50.9"  # of another subnet, by a router
PUBLIC = "198.51.100.9"
COUNTERS = """
table inet watch {
  counter near { }
  counter far { }
  counter public { }
  chain arriving {
    type filter hook prerouting priority 0; policy accept;
    ip daddr %s udp dport 0-65535 counter name near
    ip daddr %s udp dport 0-65535 counter name far
    ip daddr %s udp dport 0-65535 counter name public
  }
}
"""
HEADERS = 28  # of IPv4 and UDP


def note(text):
    print(text, file=sys.stderr)


def watch(victim):
    victim.nft(COUNTERS % (victim.ipv4, FAR, PUBLIC))


def got(victim, counter):
    """Bytes of datagrams that were sent to the victim's addresses."""
    listed = json.loads(victim.run(["nft", "-j", "list", "counter", "inet", "watch", counter]).stdout)
    found = next(item["counter"] for item in listed["nftables"] if "counter" in item)
    return found["bytes"] - HEADERS * found["packets"]


class Amplified(unittest.TestCase):
    def test_addresses_that_a_member_tells(self):
        with lan.Lan(3) as net, agents.Site() as site:
            attic = site.agent("attic", net.hosts[0], port=PORT)
            victim = net.hosts[1]
            watch(victim)
            net.hosts[0].ip("route", "add", "default", "via", victim.ipv4)
            for counter, address in (("near", victim.ipv4), ("far", FAR), ("public", PUBLIC)):
                liar = member.Member(member.network_of(site), f"liar-{counter}", net.hosts[2])
                liar.join((attic.host.ipv4, PORT))
                before, port = liar.sent, 1000
                for _ in range(8):
                    told = [[secrets.token_bytes(16), socket.inet_aton(address), port + i] for i in range(32)]
                    port += 32
                    liar.say({"type": wire.PEERS, "addresses": told})
                    liar.listen(0.4)
                spent = liar.sent - before
                sent = got(victim, counter)
                note(f"{counter}: {spent} bytes made the node send {sent}, x{sent / spent:.2f}")
                self.assertLessEqual(sent, {"near": 3, "far": 1, "public": 0}[counter] * liar.sent)
                liar.close()
            self.assertGreater(got(victim, "near"), 0)
            self.assertGreater(got(victim, "far"), 0)

    def test_an_address_that_a_member_seems_to_move_to(self):
        with lan.Lan(3) as net, agents.Site() as site:
            attic = site.agent("attic", net.hosts[0], port=PORT)
            attic.set_many({f"k{i}": "x" * 110 for i in range(8)})
            victim = net.hosts[1]
            watch(victim)
            network = member.network_of(site)
            movers = [member.Member(network, f"mover{i}", net.hosts[2]) for i in range(8)]
            for mover in movers:
                mover.join((attic.host.ipv4, PORT))
                mover.sent = 0
            raw = member.socket_in(net.hosts[2], socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            with raw:
                for _ in range(40):
                    for mover in movers:
                        pull = mover.frame({"type": wire.PULL, "incarnation": 0, "version": 0})
                        mover.send_as(raw, victim.ipv4, pull)
                        mover.listen(0.005)
            spent, sent = sum(mover.sent for mover in movers), got(victim, "near")
            note(f"moved: {spent} bytes in the victim's name made the node send it {sent}, x{sent / spent:.2f}")
            self.assertGreater(sent, 0)
            self.assertLessEqual(sent, 3 * spent)
            for mover in movers:
                mover.close()

    def test_many_who_ask(self):
        with lan.Lan(3) as net, agents.Site() as site:
            attic = site.agent("attic", net.hosts[0], port=PORT)
            attic.set_many({f"k{i}": "x" * 110 for i in range(8)})
            network = member.network_of(site)
            greedy = [member.Member(network, f"greedy{i}", net.hosts[1]) for i in range(10)]
            fair = member.Member(network, "fair", net.hosts[2])
            for one in [*greedy, fair]:
                one.join((attic.host.ipv4, PORT))
            pull = {"type": wire.PULL, "incarnation": 0, "version": 0}
            answers = dict.fromkeys([*greedy, fair], 0)
            asked = fair_asked = 0
            begin = time.monotonic()
            while (seconds := time.monotonic() - begin) < 3:
                for one in greedy:
                    one.say(*[pull] * 10)  # as many questions in a frame as one likes
                    asked += 10
                if fair_asked < 20 * seconds:
                    fair.say(pull)
                    fair_asked += 1
                for one in answers:
                    one.listen(0.001)
                    answers[one] += sum(message["type"] == wire.SNAPSHOT for message in one.heard)
                    one.heard.clear()
            fair.listen(0.5)
            answers[fair] += sum(message["type"] == wire.SNAPSHOT for message in fair.heard)
            taken = sum(answers[one] for one in greedy)
            note(f"ten who ask {asked / seconds:.0f} times a second from one address get {taken / seconds:.0f} "
                 f"answers a second; another got {answers[fair]} of {fair_asked}")
            self.assertLessEqual(taken, 400 * (seconds + 1))
            self.assertGreaterEqual(answers[fair], 0.8 * fair_asked)
            self.assertGreater(attic.counters()["drop_answer_limit"], 0)
            for one in answers:
                one.close()

    def test_two_states_by_turns_from_a_relay(self):
        with lan.Lan(3) as net, agents.Site() as site:
            attic = site.agent("attic", net.hosts[0], port=PORT)
            network = member.network_of(site)
            owners = [member.Member(network, name, net.hosts[1]) for name in ("cellar", "shed")]
            for owner in owners:
                owner.join((attic.host.ipv4, PORT))
                owner.publish({f"k{i:03d}": "x" * 225 for i in range(250)})
            asker = member.Member(network, "asker", net.hosts[2]).join((attic.host.ipv4, PORT))

            def chunk_comes(owner, seconds):
                asker.say({"type": wire.WANT, "incarnation": 1, "version": owner.version, "indexes": [0],
                           "origin": owner.identity.id})
                asker.listen(seconds)
                found = any(message["type"] == wire.CHUNK_MESSAGE for message in asker.heard)
                asker.heard.clear()
                return found

            for owner in owners:
                lan.wait_until(lambda owner=owner: owner.listen() or chunk_comes(owner, 0.1), 20)
            costs = []
            for of in (owners[:1], owners):
                before, begin = self.cpu_seconds(attic), time.monotonic()
                for i in range(300):
                    chunk_comes(of[i % len(of)], 0.006)
                    for owner in owners:
                        owner.listen()
                asker.listen(0.2)
                costs.append((self.cpu_seconds(attic) - before) / 300)
            note(f"a chunk costs {costs[0] * 1e6:.0f} us; of two states by turns {costs[1] * 1e6:.0f} us")
            self.assertLess(costs[1], 2.5 * costs[0])
            for one in [*owners, asker]:
                one.close()

    @staticmethod
    def cpu_seconds(agent):
        with open(f"/proc/{agent.process.pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9


if __name__ == "__main__":
    agents.main("AGENT")
