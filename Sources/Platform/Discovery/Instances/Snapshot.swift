import JSON

/// A set of instances as it stands on disk: one line with a mark, the content's length and its checksum, then the content.
struct Snapshot: Sendable, Codable, Equatable {
    let service: String
    /// When the registry last said so, in milliseconds since 1970.
    let confirmed: Int64
    let instances: [DiscoveredInstance]

    /// Why a file is not taken.
    enum Damage: Error, Equatable {
        case header
        case length
        case checksum
        case content
        case otherService
    }

    private static let mark = "vigie-snapshot-1"

    /// The file's bytes.
    func encoded() throws(JSONError) -> [UInt8] {
        let content = try JSONText.encode(self)
        let header = "\(Self.mark) \(content.count) \(String(Self.checksum(content[...]), radix: 16))\n"
        return Array(header.utf8) + content
    }

    /// Reads a file, and believes nothing in it.
    init(decoding bytes: [UInt8], for service: String) throws(Damage) {
        guard let end = bytes.prefix(128).firstIndex(of: UInt8(ascii: "\n")) else { throw .header }
        let parts = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
        guard parts.count == 3, parts[0] == Self.mark, let count = Int(parts[1]),
            let checksum = UInt64(parts[2], radix: 16)
        else { throw .header }
        let content = bytes[(end + 1)...]
        guard content.count == count else { throw .length }
        guard Self.checksum(content) == checksum else { throw .checksum }
        do throws(JSONError) {
            self = try JSONText.decode(Snapshot.self, from: content)
        } catch {
            throw .content
        }
        guard self.service == service else { throw .otherService }
    }

    init(service: String, confirmed: Int64, instances: [DiscoveredInstance]) {
        self.service = service
        self.confirmed = confirmed
        self.instances = instances
    }

    /// FNV-1a with 64 bits: against torn and swapped files, not against an enemy.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
