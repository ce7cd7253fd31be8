# SPDX-License-Identifier: Apache-2.0
"""A LAN in network namespaces: hosts with an eth0 each, on one switch that loses what it is told to.

    import lan
    lan.enter()                       # first statement of a test's main: see there
    with lan.Lan(3) as net:
        net.hosts[0].run(["ping", "-c1", "10.77.0.2"])
        agent = net.hosts[1].popen([...])
        net.loss(20)
        net.cut(0, 2)
        lan.wait_until(lambda: ..., timeout=10)

Host i has 10.77.0.(i+1)/16, fd77::(i+1)/64 and a link-local address, all usable from the start.
Needs iproute2, nftables, util-linux and either root or unprivileged user namespaces. Nothing
outside of the namespaces is touched, and they vanish with the process that called enter().
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
import unittest

INSIDE = "DSN_LAN_INSIDE"
_SWITCH = "switch"
_NETNS_DIR = "/run/netns"
SLOWEST = 10  # a slow and busy machine takes so many times as long as an idle one
SKIPPED = 77  # what Meson takes for a skipped test
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_SPARE_FOLDER = "/mnt"
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000

# All rules are made once and only filled later, so that changing one thing keeps the others.
# `fwd` and `drop` are words of nftables, hence the names. Loss and cuts of the forward hook happen
# once per receiving port, so a multicast may reach some hosts and not others. Only UDP is lost: a
# lost ARP or neighbour solicitation would cost a second and hide what is under test.
_RULES = """
table bridge lan {
  set cut_pairs { type ifname . ifname; }
  chain losses { }
  chain multicasts { }
  chain forwarded {
    type filter hook forward priority 0; policy accept;
    iifname . oifname @cut_pairs counter drop
    jump multicasts
    jump losses
  }
}
"""


def enter():
    """Re-executes the running script in network and mount namespaces of its own, once.

    Everything that the test makes is in them: links, addresses, rules, and /run/netns (a tmpfs).
    Exits with the code for "skipped" where namespaces are not allowed.
    """
    if os.environ.get(INSIDE):
        _make_mounts_private()
        _hide_run_netns()
        return
    # A plain chroot has no mount at "/" that unshare could make private: _make_mounts_private() does.
    unshare = ["unshare", "-nm" if os.geteuid() == 0 else "-Urnm", "--propagation", "unchanged"]
    try:
        allowed = subprocess.run(unshare + ["true"], capture_output=True, text=True)
        for tool in ("ip", "nft", "nsenter"):
            subprocess.run([tool, "-V"], capture_output=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        skip(f"{error}: install iproute2, nftables and util-linux (tools/deps)")
    if allowed.returncode != 0:
        skip(f"no network namespaces here ({allowed.stderr.strip()}): run as root")
    environment = dict(os.environ, **{INSIDE: "1"})
    # exec, not a child: whoever kills this process kills the test itself.
    os.execvpe(unshare[0], unshare + [sys.executable] + sys.argv, environment)


def skip(reason):
    """Ends the test program as a skipped one; tools/count-tests shows the line."""
    print(f"skipped: {reason}", file=sys.stderr)
    sys.exit(SKIPPED)


def _make_mounts_private():
    """No mount of this test reaches the machine.

    In a plain chroot "/" is a folder of a mount that has no path inside. So the process leaves the
    chroot, changes the propagation, and enters the folder again as a mount, which `ip netns` wants too.
    """
    if _make_private() == 0:
        return
    inside = os.open("/", os.O_PATH)
    os.chroot(_SPARE_FOLDER)  # the folder `inside` is above the root now, so ".." leads out
    os.fchdir(inside)
    while not os.path.samefile("..", "."):
        os.chdir("..")
    os.chroot(".")
    if _make_private() != 0:
        raise OSError(ctypes.get_errno(), "cannot make the mounts private")
    os.fchdir(inside)
    os.chroot(".")
    os.close(inside)
    subprocess.run(["mount", "--rbind", "/", _SPARE_FOLDER], check=True)
    os.chroot(_SPARE_FOLDER)
    os.chdir("/")


def _make_private():
    return _LIBC.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None)


def _hide_run_netns():
    if os.path.isdir(_NETNS_DIR):
        mount("tmpfs", _NETNS_DIR)
    else:
        mount("tmpfs", "/run")
        os.mkdir(_NETNS_DIR)


def mount(kind, where):
    """A private file system of that kind, seen by this test and its processes only."""
    subprocess.run(["mount", "-t", kind, kind, where], check=True)


def replace_file(path, text):
    """Makes `path` hold `text` for this test and its processes only; the file itself stays.

    Skips the test where there is no such file: making one would change the machine.
    """
    if not os.path.exists(path):
        raise unittest.SkipTest(f"this machine has no {path}")
    private = f"/run/netns/.file{path.replace('/', '_')}"
    with open(private, "w", encoding="utf-8") as file:
        file.write(text)
    subprocess.run(["mount", "--bind", private, path], check=True)


def wait_until(predicate, timeout=10.0, what=None):
    """The first true value of `predicate`, asked every 10 ms.

    `timeout` is what an idle machine needs at most; AssertionError after SLOWEST times as long.
    """
    deadline = time.monotonic() + SLOWEST * timeout
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {SLOWEST * timeout} s: {what or predicate}")
        time.sleep(0.01)


def die_with_parent():
    """For subprocess, before the program is executed."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _run(command, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != 0:
        raise RuntimeError(f"{command}: exit {result.returncode}\n{result.stdout}{result.stderr}")
    return result


class Host:
    """A network namespace with lo and eth0. Its processes share the test's file systems."""

    def __init__(self, lan, index):
        self._lan = lan
        self.index = index
        self.name = f"h{index}"
        self.port = f"v{index}"  # its side of the switch
        self.ipv4 = f"10.77.{(index + 1) >> 8}.{(index + 1) & 255}"
        self.ipv6 = f"fd77::{index + 1:x}"

    def _inside(self, command):
        # nsenter executes the command in its own place, so its process id is the command's.
        return ["nsenter", f"--net={_NETNS_DIR}/{self.name}", "--"] + [str(c) for c in command]

    def run(self, command, check=True, timeout=30 * SLOWEST, **options):
        """Runs to the end; the result has stdout and stderr as text."""
        options = {"capture_output": True, "text": True, **options}
        result = subprocess.run(
            self._inside(command), timeout=timeout, preexec_fn=die_with_parent, **options
        )
        if check and result.returncode != 0:
            raise RuntimeError(
                f"{self.name}: {command}: exit {result.returncode}\n{result.stdout}{result.stderr}"
            )
        return result

    def popen(self, command, **options):
        """Starts it; it is killed at the latest when the LAN is left or the test dies."""
        process = subprocess.Popen(
            self._inside(command), preexec_fn=die_with_parent, **{"text": True, **options}
        )
        self._lan.processes.append(process)
        return process

    def ip(self, *arguments):
        """The ip command, in this host."""
        return _run(["ip", "-n", self.name, *map(str, arguments)]).stdout

    def nft(self, rules):
        """Rules in this host (families inet, ip, ip6, netdev), as nft -f takes them."""
        _run(["ip", "netns", "exec", self.name, "nft", "-f", "-"], input=rules)

    def sysctl(self, name, value):
        """`name` as a path below /proc/sys/net."""
        self.run(["sh", "-c", f"echo {value} > /proc/sys/net/{name}"])

    def link_down(self, device="eth0"):
        """Down like `ip link set down`: the IPv6 routes go, configured addresses stay."""
        self.ip("link", "set", device, "down")

    def link_up(self, device="eth0"):
        """Up again, with a usable link-local address if IPv6 is on."""
        self.ip("link", "set", device, "up")
        self._lan.wait_for_addresses([self])

    def unplug(self):
        """eth0 stays up and loses its carrier."""
        self._lan.switch_ip("link", "set", self.port, "down")

    def plug(self):
        self._lan.switch_ip("link", "set", self.port, "up")

    def add_address(self, address, device="eth0"):
        """`address` with its prefix length; usable at once."""
        nodad = ["nodad"] if ":" in address else []
        self.ip("addr", "add", address, "dev", device, *nodad)

    def remove_address(self, address, device="eth0"):
        self.ip("addr", "del", address, "dev", device)

    def only_ipv6(self):
        """Takes eth0's IPv4 addresses away; lo keeps its own."""
        self.ip("-4", "addr", "flush", "dev", "eth0")

    def only_ipv4(self):
        """Switches IPv6 off on eth0."""
        self.sysctl("ipv6/conf/eth0/disable_ipv6", 1)


class Lan:
    """`count` hosts on one switch. `bare` ones have eth0 down and without addresses."""

    def __init__(self, count, bare=False):
        self.hosts = [Host(self, index) for index in range(count)]
        self.processes = []
        self._bare = bare

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
        for process in self.processes:
            process.wait()
            if process.stdin:
                process.stdin.close()
        for name in [_SWITCH] + [host.name for host in self.hosts]:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def _build(self):
        names = [_SWITCH] + [host.name for host in self.hosts]
        _run(["ip", "-batch", "-"], input="".join(f"netns add {name}\n" for name in names))
        self._configure_ipv6(names[1:])
        lines = ["link add br0 type bridge mcast_snooping 0 stp_state 0 forward_delay 0"]
        lines += ["link set br0 up"]
        for host in self.hosts:
            lines += [f"link add {host.port} type veth peer name eth0 netns {host.name}"]
            lines += [f"link set {host.port} master br0 up"]
        _run(["ip", "-n", _SWITCH, "-batch", "-"], input="\n".join(lines) + "\n")
        for host in self.hosts:
            lines = ["link set lo up"]
            if not self._bare:
                lines += [
                    "link set eth0 up",
                    f"addr add {host.ipv4}/16 dev eth0",
                    f"addr add {host.ipv6}/64 dev eth0 nodad",
                ]
            _run(["ip", "-n", host.name, "-batch", "-"], input="\n".join(lines) + "\n")
        self.nft(_RULES)
        if not self._bare:
            self.wait_for_addresses(self.hosts)

    @staticmethod
    def _configure_ipv6(names):
        # Without duplicate address detection, which takes a second or two, and with configured
        # addresses that survive link_down(), as they do where a network manager puts them back.
        settings = ("accept_dad 0", "dad_transmits 0", "accept_ra 0", "keep_addr_on_down 1")
        script = "".join(
            f"echo {setting.split()[1]} > /proc/sys/net/ipv6/conf/{scope}/{setting.split()[0]}\n"
            for setting in settings
            for scope in ("all", "default")
        )
        for name in names:
            _run(["nsenter", f"--net={_NETNS_DIR}/{name}", "sh", "-ec", script])

    @staticmethod
    def wait_for_addresses(hosts):
        """Until no IPv6 address is tentative and each eth0 with IPv6 has its link-local one."""

        def ready(host):
            off = host.run(["cat", "/proc/sys/net/ipv6/conf/eth0/disable_ipv6"]).stdout.strip()
            shown = host.ip("-6", "addr", "show", "dev", "eth0")
            return off == "1" or ("scope link" in shown and "tentative" not in shown)

        for host in hosts:
            wait_until(lambda host=host: ready(host), what=f"{host.name}'s IPv6 addresses")

    def switch_ip(self, *arguments):
        """The ip command, in the switch."""
        return _run(["ip", "-n", _SWITCH, *map(str, arguments)]).stdout

    def nft(self, rules):
        """Rules of the switch, as nft -f takes them; the table is `bridge lan`."""
        _run(["ip", "netns", "exec", _SWITCH, "nft", "-f", "-"], input=rules)

    def loss(self, percent):
        """Each UDP datagram is lost with this probability, for each receiver independently."""
        rules = "flush chain bridge lan losses\n"
        if percent > 0:
            limit = round(percent * 10)
            rules += (
                "add rule bridge lan losses meta l4proto udp "
                f"numgen random mod 1000 < {limit} counter drop\n"
            )
        self.nft(rules)

    def cut(self, i, j, one_way=False):
        """Nothing gets from host i to host j any more, nor back unless `one_way`."""
        first, second = self.hosts[i].port, self.hosts[j].port
        pairs = [f'"{first}" . "{second}"'] + ([] if one_way else [f'"{second}" . "{first}"'])
        self.nft(f"add element bridge lan cut_pairs {{ {', '.join(pairs)} }}\n")

    def heal(self):
        """Ends all cuts; loss and dropped multicast stay as they are."""
        self.nft("flush set bridge lan cut_pairs\n")

    def drop_multicast(self, drop=True):
        """Drops UDP to multicast addresses, IPv4 and IPv6; ARP and neighbour discovery pass."""
        rules = "flush chain bridge lan multicasts\n"
        if drop:
            rules += (
                "add rule bridge lan multicasts meta l4proto udp "
                "ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 counter drop\n"
            )
        self.nft(rules)
