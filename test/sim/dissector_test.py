# SPDX-License-Identifier: Apache-2.0
"""docs/dsn.lua in tshark, on a capture that the simulator wrote.

    dissector_test.py SIM DSN_LUA

The fields that tshark shows are compared with those that this file cuts out of the same bytes.
"""

import itertools
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77  # what Meson takes for a skipped test
SIM = DSN_LUA = None
WITH_MESSAGES = 18  # a network whose nodes send each other application messages
SEED = 11  # a network in which some frames are cut, lengthened or changed on their way
FIELDS = ["dsn.class", "dsn.key_epoch", "dsn.sequence", "dsn.clock", "dsn.session", "dsn.label",
          "dsn.ciphertext", "dsn.ciphertext_length", "dsn.tag", "dsn.network_tag"]
HEADERS = {0: 15, 1: 13}  # GROUP, PAIR


def packets_of(capture):
    """(microseconds, IP packet) of each record."""
    data = capture.read_bytes()
    assert struct.unpack_from(">IHHIIII", data) == (0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    at = 24
    while at < len(data):
        seconds, microseconds, size, original = struct.unpack_from(">IIII", data, at)
        assert size == original
        yield seconds * 1_000_000 + microseconds, data[at + 16:at + 16 + size]
        at += 16 + size


def expected(datagram):
    """What the dissector has to show; docs/protocol.md, section 3.1."""
    frame_class = datagram[0] >> 6 if datagram else 0
    size = HEADERS.get(frame_class, 7)
    if len(datagram) < size:
        return [""] * len(FIELDS)
    first = [str(frame_class), str(datagram[0] & 0x3f)]
    if frame_class not in HEADERS:
        return first + [""] * (len(FIELDS) - len(first))
    number, is_pair = int.from_bytes(datagram[1:7], "big"), frame_class == 1
    sender = f"0x{int.from_bytes(datagram[7:size], 'big'):016x}"
    header = first + [str(number), str(number // 1024) if is_pair else "",
                      "" if is_pair else sender, sender if is_pair else ""]
    end = len(datagram) - (0 if is_pair else 8)
    if end <= size + 16 or len(datagram) > 1232:
        return header + ["", "", "", ""]
    return header + [datagram[size:end - 16].hex(), str(end - 16 - size),
                     datagram[end - 16:end].hex(), datagram[end:].hex()]


def head_at(data, at):
    """Major type, argument and content of a CBOR item in its shortest form."""
    low = data[at] & 31
    width = {24: 1, 25: 2, 26: 4, 27: 8}.get(low, 0)
    argument = int.from_bytes(data[at + 1:at + 1 + width], "big") if width else low
    return data[at] >> 5, argument, at + 1 + width


def data_elements(plaintext):
    """The elements of the DATA or DATA_ACK with which a plaintext begins; None if it does not."""
    major, count, at = head_at(plaintext, 0)
    known = {20: 5, 21: 4}.get(plaintext[at], 99)  # of a later version there may be more
    if major != 4 or count < known:
        return None
    elements = []
    for _ in range(known):
        major, argument, at = head_at(plaintext, at)
        elements.append(argument if major == 0 else plaintext[at:at + argument].hex())
        at += argument if major == 2 else 0
    return elements if at <= len(plaintext) else None


def tshark(capture, *arguments):
    run = subprocess.run(["tshark", "-n", "-X", f"lua_script:{DSN_LUA}", "-r", capture, *arguments],
                         capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "lua" not in run.stderr.lower(), run.stderr
    return run.stdout.splitlines()


def fields(capture, names, *arguments):
    chosen = [word for name in names for word in ("-e", name)]
    return [line.split("\t") for line in tshark(capture, "-T", "fields", *chosen, *arguments)]


def record(seed, capture):
    return subprocess.run([SIM, "--seed", str(seed), "--trace", "--pcap", capture],
                          capture_output=True, text=True, check=True)


class Dissector(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.capture = pathlib.Path(cls.folder.name) / "sim.pcap"
        run = record(SEED, cls.capture)
        cls.arrivals = [line for line in run.stdout.splitlines() if " gets from " in line]
        cls.packets = list(packets_of(cls.capture))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def rewrite(self, name, change):
        """The capture with each UDP datagram changed; without checksums."""
        written = pathlib.Path(self.folder.name) / name
        out = bytearray(self.capture.read_bytes()[:24])
        for _, packet in self.packets:
            ports, payload = change(packet[20:24], packet[28:])
            udp = ports + struct.pack(">HH", 8 + len(payload), 0) + payload
            ip = packet[:2] + struct.pack(">H", 20 + len(udp)) + packet[4:20]
            out += struct.pack(">IIII", 0, 0, len(ip + udp), len(ip + udp)) + ip + udp
        written.write_bytes(out)
        return written

    def test_the_capture_has_every_datagram_that_arrived_at_its_time(self):
        self.assertGreater(len(self.packets), 100)
        traced = [round(float(line.split()[0]) * 1_000_000) for line in self.arrivals]
        self.assertEqual([at for at, _ in self.packets], traced)

    def test_the_addresses_and_checksums_are_those_of_a_network(self):
        rows = fields(self.capture, ["ip.checksum.status", "udp.checksum.status", "ip.src",
                                     "udp.srcport", "udp.dstport"],
                      "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE")
        self.assertEqual({tuple(row[:2]) for row in rows}, {("1", "1")})
        senders = [line.split(" gets from ")[1].split(": ")[0] for line in self.arrivals]
        self.assertEqual([f"{row[2]}:{row[3]}" for row in rows], senders)
        self.assertEqual({row[4] for row in rows}, {"17373", "17374"})

    def test_every_field_of_every_frame_is_shown(self):
        rows = fields(self.capture, FIELDS)
        self.assertEqual(rows, [expected(packet[28:]) for _, packet in self.packets])
        self.assertEqual({row[0] for row in rows} & {"0", "1"}, {"0", "1"})

    def test_application_messages_of_the_simulator_are_shown(self):
        capture = pathlib.Path(self.folder.name) / "messages.pcap"
        record(WITH_MESSAGES, capture)
        names = ["dsn.message", "dsn.data.number", "dsn.data.size", "dsn.data.part",
                 "dsn.data.bytes", "dsn.data.outcome", "dsn.data.detail"]
        rows = fields(capture, names, "-o", "dsn.readable:TRUE", "-E", "occurrence=f")
        seen = set()
        for row, (_, packet) in zip(rows, packets_of(capture), strict=True):
            datagram = packet[28:]
            if len(datagram) > 1232 or len(datagram) <= 39 or datagram[0] >> 6 not in HEADERS:
                continue
            is_pair = datagram[0] >> 6 == 1
            wanted = data_elements(datagram[13:-16] if is_pair else datagram[15:-24])
            if not is_pair or wanted is None:
                self.assertNotIn(row[0], ("20", "21"))
                continue
            if wanted[0] == 20:
                self.assertEqual(row, [*map(str, wanted), "", ""])
            else:
                self.assertEqual(row, ["21", str(wanted[1]), "", "", "", str(wanted[2]),
                                       f"0x{wanted[3]:016x}"])
            seen.add(wanted[0])
        self.assertEqual(seen, {20, 21})

    def test_messages_stay_sealed_unless_they_are_the_simulators(self):
        self.assertEqual({row[0] for row in fields(self.capture, ["dsn.message"])}, {""})
        types = {row[0] for row in fields(self.capture, ["dsn.message"], "-o", "dsn.readable:TRUE",
                                          "-E", "occurrence=f")}
        self.assertGreater(types, {"1", "2", "3", "4", "5", "25", "26"})

    def test_frames_on_other_ports_are_shown_if_wireshark_is_told_so(self):
        moved = self.rewrite("ports.pcap",
                             lambda ports, payload: (struct.pack(">HH", 40000, 40001), payload))
        self.assertEqual({row[0] for row in fields(moved, FIELDS)}, {""})
        self.assertEqual(fields(moved, FIELDS, "-d", "udp.port==40001,dsn"),
                         [expected(packet[28:]) for _, packet in self.packets])

    def test_what_every_receiver_drops_is_marked(self):
        for change, wanted in [
                (lambda data: b"\x41" + bytes(28), True),
                (lambda data: b"\x41" + bytes(29), False),
                (lambda data: b"\x01" + bytes(38), True),
                (lambda data: b"\x01" + bytes(39), False),
                (lambda data: b"\x41" + bytes(1231), False),
                (lambda data: b"\x41" + bytes(1232), True),
                (lambda data: b"\x81" + data[1:], True),
                (lambda data: b"\xc4" + data[1:], True),
                (lambda data: b"\xc1" + bytes(10), False),
                (lambda data: b"\xc2DSN?" + bytes(27), False),
                (lambda data: b"\xc3DSN!" + bytes(24), False)]:
            capture = self.rewrite("changed.pcap",
                                   lambda ports, payload: (ports, change(payload)))
            marked = tshark(capture, "-Y", "dsn.dropped", "-c", "1")
            self.assertEqual(bool(marked), wanted)

    def test_no_cut_makes_an_error(self):
        sizes = itertools.cycle(range(42))
        capture = self.rewrite("cut.pcap", lambda ports, payload: (ports, payload[:next(sizes)]))
        for readable in ("FALSE", "TRUE"):
            self.assertEqual(tshark(capture, "-Y", "_ws.lua.error || _ws.malformed",
                                    "-o", f"dsn.readable:{readable}"), [])

    def test_no_plaintext_makes_an_error(self):
        """A byte of each is another, or the end is missing."""
        places = itertools.count()

        def damaged(ports, payload):
            at = next(places)
            if len(payload) < 60:
                return ports, payload
            body = bytearray(payload[:16] + payload[16 + at % 7:])
            body[16 + at % (len(body) - 40)] ^= 1 << at % 8
            return ports, bytes(body)

        capture = self.rewrite("damaged.pcap", damaged)
        self.assertEqual(tshark(capture, "-Y", "_ws.lua.error || _ws.malformed",
                                "-o", "dsn.readable:TRUE"), [])


if __name__ == "__main__":
    SIM, DSN_LUA = sys.argv[1:3]
    if not shutil.which("tshark"):
        print("skipped: there is no tshark (apt-get install --no-install-recommends tshark)")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1], verbosity=2)
