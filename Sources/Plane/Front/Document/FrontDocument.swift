import Documents
import JSON

/// What stands in the front's file.
struct FrontDocument: Sendable, Equatable {
    /// How often clients may send requests, by name.
    var zones: [FrontZone] = []
    /// Connections of one client address; a stream of HTTP/2 counts as one.
    var connections = 100
    /// The largest content of a request, in bytes.
    var bodyLimit = 10 << 20
    /// What is passed on to the gateways; all else is static, or 404.
    var locations: [FrontLocation] = []
    /// The folder of static files; nil for none.
    var staticFolder: String?
    /// How long those may be kept.
    var cache: [CacheRule] = []

    /// How many locations, zones and rules of the cache there may be, each.
    static let limit = 1_000

    /// What a front without a file does: passes everything on.
    init() {
        locations = [FrontPath("/")].compactMap(\.self).map {
            FrontLocation(path: $0, zone: nil, isWebSocket: false, timeout: .seconds(60))
        }
    }

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: JSON.
    ///   - folder: what `static` is relative to.
    /// - Throws: `DocumentError` with every mistake in it.
    init(parsing bytes: [UInt8], in folder: String) throws(DocumentError) {
        let mistakes = Mistakes()
        var reader = ObjectReader(try Self.value(of: bytes), at: "", mistakes)
        zones = reader.members("zones", FrontZone.read).map(\.value)
        connections = reader.integer("connections", 1...1_000_000) ?? connections
        bodyLimit = reader.byteCount("bodyLimit", 0...(1 << 40)) ?? bodyLimit
        locations = reader.objects("locations", atMost: Self.limit) { FrontLocation.read(&$0) }
        staticFolder = reader.value("static", "a folder's path without $ and control characters") { value in
            value.string.flatMap { NginxText.isPath($0) ? ($0.hasPrefix("/") ? $0 : "\(folder)/\($0)") : nil }
        }
        cache = reader.objects("cache", atMost: Self.limit) { CacheRule.read(&$0) }
        reader.finish()
        check(mistakes)
        guard mistakes.list.isEmpty else { throw DocumentError(mistakes: mistakes.list) }
    }

    private func check(_ mistakes: Mistakes) {
        if zones.count > Self.limit { mistakes.note("zones", "must be at most \(Self.limit)") }
        let names = Set(zones.map(\.name))
        for (number, location) in locations.enumerated() {
            guard let zone = location.zone, !names.contains(zone) else { continue }
            mistakes.note("locations[\(number)].zone", "there is no zone \(zone.debugDescription)")
        }
        Self.noteRepeated(locations.map(\.path), "locations", mistakes)
        Self.noteRepeated(cache.map(\.path), "cache", mistakes)
        if staticFolder != nil, locations.contains(where: \.path.text.isEmpty) {
            mistakes.note("static", "can't be there beside a location \"/\"")
        }
        if staticFolder == nil, !cache.isEmpty {
            mistakes.note("cache", "is for static files: name their folder in `static`")
        }
        let passed = Set(locations.map(\.path))
        for (number, rule) in cache.enumerated() where passed.contains(rule.path) {
            mistakes.note("cache[\(number)].path", "is a location's")
        }
        if staticFolder == nil, locations.isEmpty {
            mistakes.note("locations", "must name a path, where there is no `static`")
        }
    }

    private static func noteRepeated(_ paths: [FrontPath], _ key: String, _ mistakes: Mistakes) {
        var seen: Set<FrontPath> = []
        for (number, path) in paths.enumerated() where !seen.insert(path).inserted {
            mistakes.note("\(key)[\(number)].path", "is there twice: \(path.text.isEmpty ? "/" : path.text)")
        }
    }

    private static func value(of bytes: [UInt8]) throws(DocumentError) -> JSONValue {
        do throws(JSONError) {
            return try JSONText.decode(JSONValue.self, from: bytes)
        } catch {
            throw DocumentError(mistakes: ["\(error)"])
        }
    }
}
