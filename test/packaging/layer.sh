# A layer above a Debian in a folder, in namespaces of its own: what is done in it ends with the script.
#
#     . layer.sh
#     enter "$@"              # begins the script again, in namespaces
#     make_layer FOLDER       # sets $layer and $root

enter() {
  [ -z "${DSN_PACKAGING_INSIDE:-}" ] || return 0
  DSN_PACKAGING_INSIDE=1 exec unshare --mount --net --pid --cgroup --uts --ipc --fork --kill-child \
    "$0" "$@"
}

make_layer() {
  layer=/mnt  # of these namespaces only
  mount -t tmpfs tmpfs "$layer"
  mkdir "$layer/upper" "$layer/work" "$layer/root"
  mount -t overlay overlay \
    -o "lowerdir=$(realpath "$1"),upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
  root=$layer/root
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount -t tmpfs tmpfs "$root/run"
  mount -t tmpfs tmpfs "$root/dev"
  for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  mkdir "$root/dev/shm" "$root/dev/pts"
  mount -t tmpfs tmpfs "$root/dev/shm"
  ip link set lo up
}
