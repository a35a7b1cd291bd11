/// Who answers, and how often clients may ask.
extension NginxConfiguration {
    var limits: [String] {
        let rates = document.zones.map {
            "limit_req_zone $front_client zone=zone_\($0.name):10m rate=\($0.rate.nginx);"
        }
        return rates + [
            "limit_conn_zone $front_client zone=front_connections:10m;", "limit_req_status 429;",
            "limit_conn_status 429;", "limit_req_log_level info;", "limit_conn_log_level info;",
        ]
    }

    var upstreams: [String] {
        guard !gateways.isEmpty else { return [] }
        // The registry judges who is well; nginx judges nobody, so that one slow answer takes no gateway out.
        let servers = gateways.map {
            "server \($0.text)\($0.weight > 1 ? " weight=\($0.weight)" : "") max_fails=0;"
        }
        let kept = ["keepalive 64;", "keepalive_timeout 60s;", "keepalive_requests 100000;"]
        return NginxText.block("upstream gateways", ["zone gateways 256k;", "least_conn;"] + servers + kept)
            + NginxText.block(
                "upstream sockets",
                ["zone sockets 256k;", "hash $remote_addr consistent;"] + servers
            )
    }
}
