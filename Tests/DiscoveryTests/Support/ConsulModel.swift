import Discovery
import FoundationEssentials
import HTTP
import JSON

/// The state of ``TestConsul``: instances, keys and sessions, each with the index of its last change.
struct ConsulModel: Sendable {
    struct Reply: Sendable {
        var status: HTTPStatus = .ok
        var body = ""
        var index: UInt64?
    }

    struct Key: Sendable {
        var value: [UInt8]
        var session: String?
        var modified: UInt64
    }

    private(set) var index: UInt64 = 10
    /// The instances' entries by service and id, as JSON texts.
    private(set) var services: [String: [String: String]] = [:]
    /// What was registered, by id.
    private(set) var registered: [String: JSONValue] = [:]
    private(set) var keys: [String: Key] = [:]
    private(set) var sessions: Set<String> = []
    private var changes: [String: UInt64] = [:]
    private var keyChanges: [(key: String, index: UInt64)] = []
    private var made = 0

    // MARK: Changes

    /// Puts an instance there as if another process had registered it.
    mutating func put(
        _ service: String,
        _ id: String,
        port: Int = 80,
        status: String = "passing",
        tags: [String] = [],
        meta: [String: String] = [:],
        check: String = "service:x"
    ) {
        let tagText = tags.map { "\"\($0)\"" }.joined(separator: ",")
        let metaText = meta.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        services[service, default: [:]][id] = """
            {"Node":{"ID":"","Node":"n1","Address":"127.0.0.1","Meta":null},
             "Service":{"ID":"\(id)","Service":"\(service)","Tags":[\(tagText)],"Address":"127.0.0.1","Port":\(port),
             "Meta":{\(metaText)},"Weights":{"Passing":1,"Warning":1},"New":{"a":[1]}},
             "Checks":[{"CheckID":"serfHealth","Status":"passing"},{"CheckID":"\(check)","Status":"\(status)"}]}
            """
        changes[service] = bump()
    }

    mutating func remove(_ service: String, _ id: String) {
        services[service]?[id] = nil
        registered[id] = nil
        changes[service] = bump()
    }

    mutating func set(_ key: String, _ value: [UInt8] = [], session: String? = nil) {
        keys[key] = Key(value: value, session: session, modified: bump())
        keyChanges.append((key, index))
    }

    mutating func endSession(_ id: String) {
        sessions.remove(id)
        for key in keys.filter({ $0.value.session == id }).keys { remove(key: key) }
    }

    /// As after a restart without data: all is gone, and the index is small again.
    mutating func forget() {
        let made = made
        self = ConsulModel()
        self.made = made
        index = 3
    }

    private mutating func bump() -> UInt64 {
        index += 1
        return index
    }

    private mutating func remove(key: String) {
        keys[key] = nil
        keyChanges.append((key, bump()))
    }

    // MARK: Replies

    mutating func reply(_ method: String, _ path: String, _ query: Query, _ body: [UInt8]) -> Reply {
        func rest(_ prefix: String) -> String? {
            path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
        }
        if path == "/v1/agent/self" {
            return Reply(
                body: #"{"Config":{"Datacenter":"dc1","NodeName":"n1","Version":"1.21.0"},"Member":{}}"#
            )
        }
        if path == "/v1/agent/service/register" { return register(body) }
        if let id = rest("/v1/agent/service/deregister/") { return deregister(id) }
        if let id = rest("/v1/agent/service/") { return agentService(id) }
        if let name = rest("/v1/health/service/") {
            let entries = (services[name] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
            return Reply(body: "[\(entries.joined(separator: ","))]", index: changes[name] ?? 2)
        }
        if path == "/v1/catalog/services" {
            return Reply(body: #"{"consul":[],"web":["a","b"]}"#, index: index)
        }
        if let key = rest("/v1/kv/") { return keyValue(method, key, query, body) }
        if path == "/v1/session/create" { return createSession() }
        if let id = rest("/v1/session/renew/") {
            return sessions.contains(id)
                ? Reply(body: "[]") : Reply(status: .notFound, body: "Session id '\(id)' not found")
        }
        if let id = rest("/v1/session/destroy/") {
            endSession(id)
            return Reply(body: "true")
        }
        return Reply(status: .notFound, body: "Invalid URL path: not a recognized HTTP API endpoint\n")
    }

    private mutating func register(_ body: [UInt8]) -> Reply {
        guard let value = try? JSONText.decode(JSONValue.self, from: body), let id = value["ID"]?.string,
            let name = value["Name"]?.string
        else { return Reply(status: .badRequest, body: "Missing service name") }
        registered[id] = value
        put(name, id, port: Int(value["Port"]?.number?.int64 ?? 0))
        return Reply()
    }

    private mutating func deregister(_ id: String) -> Reply {
        guard let name = registered[id]?["Name"]?.string else {
            return Reply(status: .notFound, body: "Unknown service ID \"\(id)\".")
        }
        remove(name, id)
        return Reply()
    }

    private func agentService(_ id: String) -> Reply {
        guard case .object(var object) = registered[id] else {
            return Reply(status: .notFound, body: "unknown service ID: \(id)")
        }
        object["Service"] = object["Name"]
        let bytes = (try? JSONText.encode(JSONValue.object(object))) ?? []
        return Reply(body: String(decoding: bytes, as: UTF8.self))
    }

    private mutating func createSession() -> Reply {
        made += 1
        let id = "session-\(made)"
        sessions.insert(id)
        return Reply(body: #"{"ID":"\#(id)"}"#)
    }

    private mutating func keyValue(_ method: String, _ key: String, _ query: Query, _ body: [UInt8]) -> Reply
    {
        switch method {
        case "PUT": return put(key, query, body)
        case "DELETE":
            if query["recurse"] != nil {
                for found in keys.keys where found.hasPrefix(key) { remove(key: found) }
            } else if let cas = query["cas"] {
                guard let known = keys[key], String(known.modified) == cas else {
                    return Reply(body: keys[key] == nil ? "true" : "false")
                }
                remove(key: key)
            } else if keys[key] != nil {
                remove(key: key)
            }
            return Reply(body: "true")
        default: break
        }
        let isPrefix = query["recurse"] != nil || query["keys"] != nil
        let matches: (String) -> Bool = { isPrefix ? $0.hasPrefix(key) : $0 == key }
        let changed = keyChanges.filter { matches($0.key) }.map(\.index).max() ?? keyChanges.last?.index ?? 1
        let found = keys.filter { matches($0.key) }.sorted { $0.key < $1.key }
        guard !found.isEmpty else { return Reply(status: .notFound, index: changed) }
        let parts =
            query["keys"] != nil ? found.map { "\"\($0.key)\"" } : found.map { Self.pair($0.key, $0.value) }
        return Reply(body: "[\(parts.joined(separator: ","))]", index: changed)
    }

    private mutating func put(_ key: String, _ query: Query, _ body: [UInt8]) -> Reply {
        if let cas = query["cas"], cas != String(keys[key]?.modified ?? 0) { return Reply(body: "false") }
        guard let session = query["acquire"] else {
            set(key, body, session: keys[key]?.session)
            return Reply(body: "true")
        }
        guard sessions.contains(session) else {
            return Reply(status: .internalServerError, body: "invalid session \"\(session)\"")
        }
        if let holder = keys[key]?.session, holder != session { return Reply(body: "false") }
        set(key, body, session: session)
        return Reply(body: "true")
    }

    private static func pair(_ key: String, _ value: Key) -> String {
        let session = value.session.map { #","Session":"\#($0)""# } ?? ""
        let text = value.value.isEmpty ? "null" : "\"\(Data(value.value).base64EncodedString())\""
        return
            #"{"LockIndex":0,"Key":"\#(key)","Flags":0,"Value":\#(text),"CreateIndex":1,"ModifyIndex":\#(value.modified)\#(session)}"#
    }
}
