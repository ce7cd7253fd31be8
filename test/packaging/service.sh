#!/bin/sh
# Starts a Debian of its own with systemd as its first process, and tries the service there, as root:
#
#     service.sh PACKAGE.deb ROOT      ROOT: what debootstrap made; it stays as it is
set -eu

folder=$(dirname "$0")
. "$folder/layer.sh"
enter "$@"
make_layer "$2"

if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
  mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
  mkdir "$root/sys/fs/cgroup/systemd"
  mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
fi
touch "$layer/console" "$root/dev/console"
mount --bind "$layer/console" "$root/dev/console"
hostname attic

mkdir "$root/opt/try"
cp "$1" "$root/opt/try/dsn.deb"
cp "$folder/check.sh" "$folder/service_checks.sh" "$root/opt/try"
cat >"$root/etc/systemd/system/try.service" <<'END'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
WorkingDirectory=/opt/try
ExecStart=/bin/sh service_checks.sh
StandardOutput=file:/opt/try/log
StandardError=file:/opt/try/log
ExecStopPost=/bin/sh -c 'echo $EXIT_STATUS >/opt/try/status'
END
ln -s ../try.service "$root/etc/systemd/system/multi-user.target.wants/try.service"

# systemd marks its mounts as shared, but not in a container: credentials would not arrive.
mount --make-rshared "$root"
# It has to be process 1, so the one that waits for it is a child of it.
(
  tries=0
  while [ ! -s "$root/opt/try/status" ] && [ $tries -lt 1200 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  cat "$root/opt/try/log" || cat "$layer/console"
  chroot "$root" systemctl exit "$(cat "$root/opt/try/status" || echo 1)"
) &
exec chroot "$root" /usr/bin/env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=multi-user.target --show-status=no
