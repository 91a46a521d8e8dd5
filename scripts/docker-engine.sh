#!/usr/bin/env bash
# A throw-away Docker engine for tests and demonstrations, with its own data, socket and bridge: whatever engine the
# machine has besides is not touched. Nothing of it is left after "stop" but the base image's files, which are kept
# for the next time because making them takes most of a minute.
#
#   scripts/docker-engine.sh install          what it needs from the distribution (Debian, Ubuntu; root or sudo)
#   scripts/docker-engine.sh start DIR        start in the new folder DIR; prints DOCKER_HOST for a shell to eval
#   scripts/docker-engine.sh base DIR         make repro-base:bookworm there, a small Debian with Python
#   scripts/docker-engine.sh registry DIR     a registry of images on loopback beside it; prints REGISTRY=host:port
#   scripts/docker-engine.sh stop DIR         end engine and registry of DIR and remove it
#
# Only root can start an engine. BASE_CACHE names another folder for the files of the base image, DATA_SIZE the size of
# the engine's disk, which is then one in memory.
set -euo pipefail

packages=(docker.io debootstrap iptables iproute2 docker-registry)
programs=(dockerd docker debootstrap iptables ip docker-registry)
base_cache=${BASE_CACHE:-/var/tmp/jupyter-repro-base}
base_release=bookworm
base_packages=python3,python3-venv,ca-certificates

die() {
  echo "docker-engine.sh: $*" >&2
  exit 1
}

missing() {
  local program
  for program in "${programs[@]}"; do
    command -v "$program" >/dev/null || echo "$program"
  done
}

install() {
  [[ -z $(missing) ]] && return
  command -v apt-get >/dev/null || die "no apt-get here; install Docker, debootstrap and docker-registry by other means"
  local as_root=()
  if [[ $EUID -ne 0 ]]; then
    sudo -n true 2>/dev/null || die "installing ${packages[*]} takes root, or sudo without a password"
    as_root=(sudo -n)
  fi
  local get=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600)
  # The packages start an engine of their own where there is systemd; nobody asked for one.
  "${get[@]}" install -y --no-install-recommends "${packages[@]}" >&2 ||
    { "${get[@]}" update >&2 && "${get[@]}" install -y --no-install-recommends "${packages[@]}" >&2; }
}

# wait_for SECONDS WHAT COMMAND...: until COMMAND succeeds
wait_for() {
  local tries=$(($1 * 10)) what=$2
  shift 2
  while ! "$@" >/dev/null 2>&1; do
    ((tries--)) || die "$what"
    sleep 0.1
  done
}

make_bridge() {
  local number
  for _ in {1..50}; do
    number=$((RANDOM % 250))
    if ip link add "repro$number" type bridge 2>/dev/null; then
      if ! ip -4 address | grep -qF " 172.31.$number." && ip address add "172.31.$number.1/24" dev "repro$number"; then
        ip link set "repro$number" up
        echo "repro$number"
        return
      fi
      ip link delete "repro$number"
    fi
  done
  die "could not make a bridge"
}

start() {
  [[ $EUID -eq 0 ]] || die "only root can start an engine"
  [[ -z $(missing) ]] || die "$(missing | tr '\n' ' ')not found; run: $0 install"
  [[ ! -e $dir || -z $(ls -A "$dir") ]] || die "$dir exists and is not empty; name a new folder"
  mkdir -p "$dir"
  chmod 700 "$dir"
  echo "made by docker-engine.sh" >"$dir/mark"
  # A start that fails, or is interrupted, leaves nothing running; its log stays for whoever asks why.
  trap 'end_all; tail -n 5 "$dir/dockerd.log" >&2; echo "docker-engine.sh: could not start" >&2' EXIT
  make_bridge >"$dir/bridge"
  mkdir "$dir/data"
  # In memory where there is plenty: images are many small files, written once and removed soon.
  if [[ -n ${DATA_SIZE:-} || $(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo) -gt 6000 ]]; then
    mount -t tmpfs -o "size=${DATA_SIZE:-3g},mode=0711" jupyter-repro "$dir/data" || [[ -z ${DATA_SIZE:-} ]]
  fi
  local options=(--data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/dockerd.pid" --bridge "$(<"$dir/bridge")")
  dockerd "${options[@]}" -H "unix://$dir/docker.sock" >"$dir/dockerd.log" 2>&1 </dev/null &
  wait_for 60 "the engine does not answer" engine_answers $!
  trap - EXIT
  echo "export DOCKER_HOST=unix://$dir/docker.sock"
}

engine_answers() {
  docker -H "unix://$dir/docker.sock" version >/dev/null 2>&1 && return
  # Not there any more: waiting is of no use.
  kill -0 "$1" 2>/dev/null || die "the engine ended at once"
  return 1
}

# The files of the base image as a tar, made once for all runs.
make_base() {
  local tar=$base_cache/$base_release.tar root
  mkdir -p "$base_cache"
  exec 9>"$base_cache/lock"
  flock 9
  if [[ ! -s $tar ]]; then
    root=$(mktemp -d "$base_cache/root.XXXXXX")
    # shellcheck disable=SC2064 # the folder of now
    trap "rm -rf -- '$root'" EXIT
    debootstrap --variant=minbase --include="$base_packages" "$base_release" "$root" >"$base_cache/log" 2>&1 </dev/null ||
      die "debootstrap failed: $(tail -n 3 "$base_cache/log" | tr '\n' ' ')"
    tar -C "$root" --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' --exclude='./dev/*' \
      -cf "$tar.new" .
    mv "$tar.new" "$tar"
    rm -rf -- "$root"
    trap - EXIT
  fi
  exec 9>&-
  docker -H "unix://$dir/docker.sock" import "$tar" "repro-base:$base_release"
}

start_registry() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 10000)) # below what the kernel hands out by itself
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  cat >"$dir/registry.yml" <<EOF
version: 0.1
storage: {filesystem: {rootdirectory: $dir/registry}}
http: {addr: "127.0.0.1:$port"}
EOF
  docker-registry serve "$dir/registry.yml" >"$dir/registry.log" 2>&1 </dev/null &
  echo $! >"$dir/registry.pid"
  wait_for 20 "the registry does not answer; see $dir/registry.log" bash -c ": <>/dev/tcp/127.0.0.1/$port"
  echo "export REGISTRY=127.0.0.1:$port"
}

# The process of a pid file, if it still is one of ours: a number may have gone to somebody else since.
is_ours() {
  tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "$dir/"
}

is_gone() {
  ! is_ours "$1"
}

end_all() {
  local name pid
  for name in registry dockerd; do
    [[ -s $dir/$name.pid ]] || continue
    pid=$(<"$dir/$name.pid")
    if is_ours "$pid"; then
      # The registry takes its time for a polite end, and holds nothing that is worth it.
      kill $([[ $name != registry ]] || echo -KILL) "$pid" 2>/dev/null || true
      (wait_for 20 "" is_gone "$pid") 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
      wait_for 10 "process $pid does not end" is_gone "$pid"
    fi
  done
  # What an engine that was killed left behind.
  local left
  for left in $(pgrep -f -- "$dir/exec" || true); do kill -KILL "$left" 2>/dev/null || true; done
  awk -v dir="$dir/" 'index($2, dir) == 1 {print $2}' /proc/mounts | sort -r | xargs -r umount -l 2>/dev/null || true
  [[ ! -s $dir/bridge ]] || ip link delete "$(<"$dir/bridge")" 2>/dev/null || true
}

stop() {
  [[ -e $dir ]] || return 0
  [[ -e $dir/mark ]] || die "$dir is not a folder that this script made"
  end_all
  rm -rf -- "$dir"
}

usage="usage: $0 install | start DIR | base DIR | registry DIR | stop DIR"
case ${1:-} in
  install)
    install
    ;;
  start | base | registry | stop)
    dir=$(realpath -m -- "${2:?$usage}")
    case $1 in
      base) make_base ;;
      registry) start_registry ;;
      *) "$1" ;;
    esac
    ;;
  *)
    die "$usage"
    ;;
esac
