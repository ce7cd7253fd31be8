#!/bin/sh
# Installs, upgrades, removes and purges a package in a Debian of its own, as root:
#
#     install.sh PACKAGE.deb ROOT      ROOT: what debootstrap made; it stays as it is
#
# Everything happens on a layer above ROOT, in namespaces that end with this script.
set -eu

folder=$(dirname "$0")
. "$folder/layer.sh"
. "$folder/check.sh"
enter "$@"
package=$(realpath "$1")
make_layer "$2"

# The rest of the words is a command, run in the new Debian, that is to succeed.
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"; }

absent() { ! inside test -e "$1" -o -L "$1"; }
modes() { same "$1" "$(inside stat -c '%U:%G %a' "$2")"; }
apt() { inside env DEBIAN_FRONTEND=noninteractive dpkg "$@"; }
enabled() { same "$1" "$(inside systemctl is-enabled dsn-agent 2>/dev/null || true)"; }

# All that a package can leave behind; not what dpkg and adduser keep for themselves.
everything() {
  inside find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /dev -o -path /tmp \
    -o -path /var/lib/dpkg -o -path /var/log -o -path /var/cache \) -prune -o -print |
    grep -v '^/etc/\(passwd\|group\|shadow\|gshadow\|subuid\|subgid\)-\?$' | sort
  inside getent passwd | cut -d: -f1
  inside getent group | cut -d: -f1
}

# The agent as the service runs it, until it answers; systemd itself does not run here.
serves() {
  inside install -d -o dsn -g dsn /run/dsn
  inside install -d -o dsn -g dsn -m 700 /var/lib/dsn
  inside runuser -u dsn -- env STATE_DIRECTORY=/var/lib/dsn dsn-agent &
  agent=$!
  tries=0
  until inside dsn status >"$layer/status" 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] && kill -0 $agent || { cat "$layer/status"; return 1; }
    sleep 0.1
  done
  inside pkill -TERM -u dsn
  wait $agent
}

# The same package with a higher version.
newer() {
  dpkg-deb -R "$package" "$layer/newer"
  sed -i 's/^Version: .*/&.1/' "$layer/newer/DEBIAN/control"
  dpkg-deb --root-owner-group -b "$layer/newer" "$layer/newer.deb" >/dev/null
  cp "$layer/newer.deb" "$root/tmp/newer.deb"
}

cp "$package" "$root/tmp/dsn.deb"
newer
everything >"$layer/before"

echo "# install"
check "the package installs" apt -i /tmp/dsn.deb
check "its files are as it brought them" silent inside dpkg --verify dsn
check "the user is there" inside getent passwd dsn
check "the service is enabled" enabled enabled
check "systemd finds nothing wrong with the unit" silent inside systemd-analyze --man=no verify dsn-agent.service
check "the sandbox is rated 2.0 or better" inside systemd-analyze security --offline=yes \
  --threshold=20 /lib/systemd/system/dsn-agent.service
echo "$output" | sed -n 's/.*exposure level/      exposure level/p'
check "the keys are for root alone" modes "root:root 700" /etc/dsn/keys
check "without a configuration the agent serves" serves
check "and says that there is no network key" grep -q "no network key" "$layer/status"
check "the identity is the agent's alone" modes "dsn:dsn 600" /var/lib/dsn/node.key
check "the manual pages are there" inside test -f /usr/share/man/man8/dsn-agent.8.gz

echo "# upgrade"
inside sh -c 'echo "node_id: attic" >/etc/dsn/agent.yaml; echo 00 >/etc/dsn/keys/k1.key'
inside systemctl disable dsn-agent 2>/dev/null
identity=$(inside sha256sum /var/lib/dsn/node.key)
check "a newer version installs" apt -i /tmp/newer.deb
check "the identity is the same" same "$identity" "$(inside sha256sum /var/lib/dsn/node.key)"
check "the configuration is the same" same "node_id: attic" "$(inside cat /etc/dsn/agent.yaml)"
check "what was disabled stays so" enabled disabled
check "the same version installs again" apt -i /tmp/newer.deb

echo "# remove"
check "the package is removed" apt -r dsn
check "the unit is gone" absent /lib/systemd/system/dsn-agent.service
check "the identity stays" same "$identity" "$(inside sha256sum /var/lib/dsn/node.key)"
check "the configuration stays" inside test -f /etc/dsn/agent.yaml -a -f /etc/dsn/keys/k1.key
check "it installs again" apt -i /tmp/dsn.deb
check "and is disabled still" enabled disabled

echo "# purge"
check "the package is purged" apt -P dsn
everything >"$layer/after"
check "nothing is left" diff "$layer/before" "$layer/after"
check "it installs anew" apt -i /tmp/dsn.deb
check "and is enabled" enabled enabled
check "it is purged at once" apt -P dsn
everything >"$layer/after"
check "nothing is left" diff "$layer/before" "$layer/after"

finish
