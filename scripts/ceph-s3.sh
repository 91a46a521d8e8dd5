#!/usr/bin/env bash
# A throw-away S3 server on loopback for tests and demonstrations: a real Ceph gateway whose data live in
# memory. About 500 MiB and a quarter of a minute to start; nothing of it is left after "stop".
#
#   scripts/ceph-s3.sh install           what it needs from the distribution (Debian, Ubuntu; root or sudo)
#   scripts/ceph-s3.sh start DIR [PORT]  start in the new folder DIR; prints AWS_... lines for a shell to eval
#   scripts/ceph-s3.sh stop DIR          end the daemons of DIR and remove it
#
# Without PORT a free one is taken, so that any number can run side by side.
set -euo pipefail

packages=(ceph-common ceph-mgr ceph-mon ceph-osd curl openssl radosgw)
programs=(ceph ceph-authtool ceph-mgr ceph-mon ceph-osd curl monmaptool openssl radosgw radosgw-admin)
bucket=repro
access_key=reprokey
secret_key=reprosecret

die() {
  echo "ceph-s3.sh: $*" >&2
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
  command -v apt-get >/dev/null || die "no apt-get here; install Ceph with its S3 gateway (radosgw) by other means"
  local as_root=()
  if [[ $EUID -ne 0 ]]; then
    sudo -n true 2>/dev/null || die "installing ${packages[*]} takes root, or sudo without a password"
    as_root=(sudo -n)
  fi
  local get=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600)
  # The lists may be missing or old: fetch them only when it does not work without.
  "${get[@]}" install -y --no-install-recommends "${packages[@]}" >&2 ||
    { "${get[@]}" update >&2 && "${get[@]}" install -y --no-install-recommends "${packages[@]}" >&2; }
}

is_free() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

free_port() {
  local port
  for _ in {1..100}; do
    port=$((20000 + RANDOM % 10000)) # below what the kernel hands out by itself
    if is_free "$port"; then
      echo "$port"
      return
    fi
  done
  die "found no free port"
}

# wait_for SECONDS WHAT COMMAND...: until COMMAND succeeds
wait_for() {
  local tries=$(($1 * 5)) what=$2
  shift 2
  while ! "$@" >/dev/null 2>&1; do
    ((tries--)) || die "$what"
    sleep 0.2
  done
}

write_configuration() {
  cat >"$dir/ceph.conf" <<EOF
[global]
fsid = $fsid
mon_host = v2:127.0.0.1:$mon_port
public_network = 127.0.0.0/8
cluster_network = 127.0.0.0/8
keyring = $dir/keyring
run_dir = $dir/run
admin_socket = $dir/run/\$name.asok
pid_file = $dir/run/\$name.pid
log_file = $dir/log/\$name.log
crash_dir = $dir/log
mon_cluster_log_file = $dir/log/cluster.log

# One disk, one copy, few placement groups: this is a test server.
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false

[mon.a]
mon_data = $dir/mon

[mgr.x]
mgr_data = $dir/mgr

[osd.0]
osd_data = $dir/osd
osd_objectstore = memstore
memstore_device_bytes = 4294967296

[client.rgw]
rgw_data = $dir/rgw
rgw_frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw_enable_usage_log = false
EOF
}

write_keys() {
  local key=(ceph-authtool "$dir/keyring")
  "${key[@]}" --create-keyring --gen-key --name mon. --cap mon 'allow *'
  "${key[@]}" --gen-key --name client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
  "${key[@]}" --gen-key --name mgr.x --cap mon 'allow profile mgr' --cap osd 'allow *'
  "${key[@]}" --gen-key --name osd.0 --cap mon 'allow profile osd' --cap mgr 'allow profile osd' --cap osd 'allow *'
  "${key[@]}" --gen-key --name client.rgw --cap mon 'allow rw' --cap mgr 'allow rw' --cap osd 'allow rwx'
  chmod 600 "$dir/keyring"
}

start_daemons() {
  local conf=(-c "$dir/ceph.conf") osd_id
  monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" "$dir/monmap"
  ceph-mon "${conf[@]}" -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring"
  ceph-mon "${conf[@]}" -i a
  ceph-mgr "${conf[@]}" -i x
  osd_id=$(</proc/sys/kernel/random/uuid)
  timeout 60 ceph "${conf[@]}" osd new "$osd_id"
  ceph-osd "${conf[@]}" -i 0 --mkfs --osd-uuid "$osd_id"
  ceph-osd "${conf[@]}" -i 0
  timeout 120 radosgw-admin "${conf[@]}" user create --uid=repro --display-name=repro \
    --access-key="$access_key" --secret-key="$secret_key"
  radosgw "${conf[@]}" -n client.rgw
}

make_bucket() {
  # Signed in the old way, which takes one line; the gateway knows both.
  local date signature
  date=$(date -uR)
  signature=$(printf 'PUT\n\n\n%s\n/%s' "$date" "$bucket" | openssl dgst -sha1 -hmac "$secret_key" -binary | base64)
  curl --fail --silent --noproxy '*' --request PUT --header "Date: $date" \
    --header "Authorization: AWS $access_key:$signature" "http://127.0.0.1:$port/$bucket"
}

start() {
  [[ -z $(missing) ]] || die "$(missing | tr '\n' ' ')not found; run: $0 install"
  [[ ! -e $dir || -z $(ls -A "$dir") ]] || die "$dir exists and is not empty; name a new folder"
  is_free "$port" || die "port $port is taken; name another one"
  mkdir -p "$dir"/{mon,mgr,osd,run,log,rgw}
  chmod 700 "$dir"
  fsid=$(</proc/sys/kernel/random/uuid)
  until mon_port=$(free_port) && [[ $mon_port != "$port" ]]; do :; done
  write_configuration
  # A start that fails, or is interrupted, leaves no daemon behind; its log stays for whoever asks why.
  trap 'end_daemons; echo "ceph-s3.sh: could not start; see $dir/log" >&2' EXIT
  write_keys >>"$dir/log/start.log"
  start_daemons >>"$dir/log/start.log" 2>&1
  wait_for 60 "the gateway does not answer; see $dir/log" make_bucket
  trap - EXIT
  cat <<EOF
export AWS_ENDPOINT_URL=http://127.0.0.1:$port
export AWS_ACCESS_KEY_ID=$access_key
export AWS_SECRET_ACCESS_KEY=$secret_key
export AWS_REGION=us-east-1
export AWS_ALLOW_HTTP=true
export AWS_BUCKET=$bucket
EOF
}

# The process of a pid file, if it still is one of ours: a number may have gone to somebody else since.
is_ours() {
  tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "$dir/ceph.conf"
}

is_gone() {
  ! is_ours "$1"
}

end_daemons() {
  local name file pid
  # The gateway first, the monitor last: each needs the ones after it to end in good order.
  for name in client.rgw osd.0 mgr.x mon.a; do
    file=$dir/run/$name.pid
    [[ -s $file ]] || continue
    pid=$(<"$file")
    if is_ours "$pid"; then
      kill "$pid" 2>/dev/null || true
      (wait_for 5 "" is_gone "$pid") 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
      wait_for 10 "process $pid does not end" is_gone "$pid"
    fi
  done
}

stop() {
  [[ -e $dir ]] || return 0
  grep -qF "keyring = $dir/keyring" "$dir/ceph.conf" 2>/dev/null || die "$dir is not a folder that this script made"
  end_daemons
  rm -rf -- "$dir"
}

usage="usage: $0 install | start DIR [PORT] | stop DIR"
case ${1:-} in
  install)
    install
    ;;
  start | stop)
    dir=$(realpath -m -- "${2:?$usage}")
    port=${3:-$(free_port)}
    "$1"
    ;;
  *)
    die "$usage"
    ;;
esac
