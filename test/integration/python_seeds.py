# SPDX-License-Identifier: Apache-2.0
"""The two programs of Python DSN's introduction, to the letter, on machines of their own.

    python_seeds.py PATH_OF_dsn-agent FOLDER_OF_THE_PACKAGE [unittest arguments]
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import agents
import lan

FIRST_NODE = '''\
from distributed_state_network import DSNodeServer, DSNodeConfig

# Start a node
node = DSNodeServer.start(DSNodeConfig(
    node_id="my_first_node",
    port=8000,
    bootstrap_nodes=[]  # Empty for the first node
))

# Write some data
node.node.update_data("status", "online")
node.node.update_data("temperature", "72.5")
'''

# The surroundings of the snippets: what they take as given.
SENSOR_BEFORE = '''\
import sys, time
from distributed_state_network import DSNodeServer, DSNodeConfig
location = sys.argv[1]
def read_temperature_sensor():
    return float(sys.argv[2])
'''

SENSOR = '''\
# On each Raspberry Pi with a sensor:
sensor_node = DSNodeServer.start(DSNodeConfig(
    node_id=f"sensor_{location}",
    port=8000,
    bootstrap_nodes=[{"address": "coordinator.local", "port": 8000}]
))

# Continuously update temperature
while True:
    temp = read_temperature_sensor()
    sensor_node.node.update_data("temperature", str(temp))
    sensor_node.node.update_data("timestamp", str(time.time()))
    time.sleep(60)
'''

STATION_BEFORE = '''\
from distributed_state_network import DSNodeServer, DSNodeConfig
monitor = DSNodeServer.start(DSNodeConfig(node_id="coordinator", port=8000, bootstrap_nodes=[]))
'''

STATION = '''\
for node_id in monitor.node.peers():
    if node_id.startswith("sensor_"):
        temp = monitor.node.read_data(node_id, "temperature")
        print(f"{node_id}: {temp}\u00b0F")
'''

ON_THE_STATION = STATION_BEFORE + f'''
while input():
    exec({STATION!r})
    print(flush=True)
'''

VISITOR = '''\
from distributed_state_network import DSNodeServer, DSNodeConfig
node = DSNodeServer.start(DSNodeConfig(node_id="visitor", port=8000, bootstrap_nodes=[
    {"address": "10.77.0.1", "port": 8000}]))
print(node.peers(), node.read_data("my_first_node", "status"),
      node.read_data("my_first_node", "temperature"))
'''


class Seeds(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dsn-seeds-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.net = lan.Lan(3)
        self.net.__enter__()
        self.addCleanup(self.net.__exit__, None, None, None)

    def home(self, host):
        return os.path.join(self.folder, host.name)

    def run_on(self, host, program, *words):
        """A machine with its own home; all have the key that the first one made."""
        home = self.home(host)
        key = os.path.join(self.home(self.net.hosts[0]), "dsn", "k1.key")
        os.makedirs(os.path.join(home, "dsn"))
        if os.path.exists(key):
            shutil.copy(key, os.path.join(home, "dsn"))
        environment = {**os.environ, "DSN_AGENT": agents.AGENT, "PYTHONPATH": agents.PYTHON,
                       "XDG_CONFIG_HOME": home, "TMPDIR": home, "PYTHONIOENCODING": "utf-8"}
        return host.popen([sys.executable, "-B", "-c", program, *words], env=environment, cwd=home,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def line_of(self, process):
        return process.stdout.readline().rstrip("\n")

    def test_a_single_node(self):
        first = self.run_on(self.net.hosts[0], FIRST_NODE + "print('written', flush=True)\ninput()\n")
        self.assertEqual(self.line_of(first), "written")
        visitor = self.run_on(self.net.hosts[1], VISITOR)
        self.assertEqual(visitor.communicate()[0], "['visitor', 'my_first_node'] online 72.5\n")
        first.communicate("\n")
        self.assertEqual(first.returncode, 0)
        self.assertEqual(sorted(os.listdir(self.home(self.net.hosts[0]))), ["credentials", "dsn"])

    def test_temperature_monitoring(self):
        lan.replace_file("/etc/hosts", f"127.0.0.1 localhost\n{self.net.hosts[0].ipv4} coordinator.local\n")
        station = self.run_on(self.net.hosts[0], ON_THE_STATION)

        def shown():
            station.stdin.write("show\n")
            station.stdin.flush()
            return sorted(iter(lambda: self.line_of(station), ""))

        self.assertEqual(shown(), [])
        sensors = [self.run_on(host, SENSOR_BEFORE + SENSOR, *words) for host, words in
                   zip(self.net.hosts[1:], (("attic", "72.5"), ("cellar", "51.25")))]
        lan.wait_until(lambda: shown() == ["sensor_attic: 72.5°F", "sensor_cellar: 51.25°F"], 20)
        sensors[0].kill()
        lan.wait_until(lambda: shown() == ["sensor_cellar: 51.25°F"], 20)
        for process in (sensors[1], station):
            process.kill()
        for process in (*sensors, station):
            process.communicate()


if __name__ == "__main__":
    agents.main("AGENT", "PYTHON")
