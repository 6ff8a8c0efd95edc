#!/bin/sh
# Install what the tests need beside Python where we can (root on Debian); name what stays missing.
# Never fails: the tests count what a missing tool cost them.
set -u
missing=''
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
ls /usr/share/fonts/opentype/noto/*CJK* >/dev/null 2>&1 ||
    { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family)" ]; } || missing="$missing fonts-noto-cjk"
command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || missing="$missing nginx-light libnginx-mod-http-brotli-static"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing"
    export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
    # No cluster of its own: the tests start and remove their own server.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi
    apt-get update -qq </dev/null >/dev/null 2>&1
    for package in $missing; do
        apt-get install -y -qq --no-install-recommends "$package" </dev/null >/dev/null 2>&1 ||
            echo "missing: $package could not be installed" >&2
    done
else
    echo "missing:$missing (install them as root: apt-get install$missing)" >&2
fi
exit 0
