# What service.sh runs in a system that systemd started.
. ./check.sh

show() { systemctl show dsn-agent -p "$1" --value; }
is() { same "$2" "$(show "$1")"; }
# Later it also says that the node is alone.
says() { case "$(show StatusText)" in "$1"*) ;; *) same "$1" "$(show StatusText)" ;; esac; }
journal_has() { journalctl --sync; journalctl -u dsn-agent --no-pager | grep -q "$1"; }

until_is() {  # PROPERTY VALUE: within 15 seconds
  tries=0
  until [ "$(show "$1")" = "$2" ]; do
    tries=$((tries + 1))
    [ $tries -lt 150 ] || { same "$2" "$(show "$1")"; return 1; }
    sleep 0.1
  done
}

configure() {
  printf 'node_id: attic\naes_key_file: keys/k1.key\n%s\n' "$1" >/etc/dsn/agent.yaml
}
sensors='sensors: {load: {proc: load1, every: 1s}, who: {exec: [/usr/bin/id, -un]}}'

echo "# without a key"
check "the package installs" dpkg -i dsn.deb
check "the service runs" is ActiveState active
check "and says what is missing" is StatusText "no network key: run 'dsn init' or 'dsn join'; 0 sensors"

echo "# with a key that only root may read"
mkdir -p /etc/dsn/keys
(umask 077; echo 00112233445566778899aabbccddeeff >/etc/dsn/keys/k1.key)
configure "$sensors"
check "it starts again" systemctl restart dsn-agent
check "and says how it is" says "0 peers, 2 sensors, multicast joined on lo"
sleep 1
check "programs of sensors run as its user" same dsn "$(dsn-read attic who | cut -f3)"
check "it has no capabilities" grep -q "CapBnd:.0000000000000000" "/proc/$(show MainPID)/status"
check "nobody else reads its folder" same "dsn 700" "$(stat -c '%U %a' /var/lib/dsn)"

echo "# in steady state"
written() { grep ^write_bytes "/proc/$(show MainPID)/io"; }
before=$(written)
sleep 5
check "it writes nothing to the disk" same "$before" "$(written)"

echo "# reload"
configure "nonsense: 1"
check "a wrong configuration is refused" sh -c '! systemctl reload dsn-agent'
check "with its cause" journal_has "unknown key 'nonsense'"
check "and the service goes on" says "0 peers, 2 sensors, multicast joined on lo"
configure 'sensors: {load: {proc: load1}}'
check "a good one is taken" systemctl reload dsn-agent
check "and shows" says "0 peers, 1 sensor, multicast joined on lo"

echo "# faults"
check "a crash" kill -SEGV "$(show MainPID)"
check "starts it again" until_is NRestarts 1
check "and it serves" until_is ActiveState active
mkdir -p /etc/systemd/system/dsn-agent.service.d
printf '[Service]\nWatchdogSec=2s\nWatchdogSignal=SIGKILL\n' >/etc/systemd/system/dsn-agent.service.d/try.conf
systemctl daemon-reload
systemctl restart dsn-agent
pid=$(show MainPID)
sleep 5
check "a short watchdog is answered" is MainPID "$pid"
kill -STOP "$pid"
check "one that hangs is started again" until_is NRestarts 1
check "and it serves" until_is ActiveState active
rm -r /etc/systemd/system/dsn-agent.service.d
systemctl daemon-reload

echo "# ends"
check "it leaves the network" dsn leave
check "and stays away" until_is ActiveState inactive
check "without a failure" is Result success
configure "nonsense: 1"
check "a wrong configuration keeps it from starting" sh -c '! systemctl start dsn-agent'
sleep 6
check "and is not tried again" is NRestarts 0
configure "$sensors"
check "a good one is" systemctl start dsn-agent


echo "# by hand, as root"
systemctl stop dsn-agent
adopts() { timeout -s INT 2 dsn-agent --adopt || [ $? -eq 124 ]; }
check "root adopts the key" adopts
check "whose files are the service's" same "dsn dsn" "$(stat -c %U /var/lib/dsn/state.cbor /var/lib/dsn/node.key | xargs)"
check "the service starts" systemctl start dsn-agent
check "without a core file" same 0 "$(awk '/^Max core file size/ {print $6}' "/proc/$(show MainPID)/limits")"

echo "# package"
pid=$(show MainPID)
check "the package installs again" dpkg -i dsn.deb
check "which starts the new program" sh -c "[ '$pid' != \"\$(systemctl show dsn-agent -p MainPID --value)\" ]"
check "it serves" is ActiveState active
check "it is purged" dpkg -P dsn
check "nothing failed" silent systemctl --failed --no-legend
check "nothing is left" sh -c '! ls -d /run/dsn /var/lib/dsn /etc/dsn /etc/systemd/system/dsn-agent* 2>/dev/null'
finish
