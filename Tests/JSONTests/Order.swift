import FoundationEssentials

@testable import JSON

enum Category: String, Codable, CaseIterable { case flat, house }

/// A body as services have them; all of it may be looked at field by field.
struct Order: Codable, JSONFieldwise, Equatable {
    struct Item: Codable, JSONFieldwise, Equatable {
        var name: String
        var price: Double
        var count: UInt8?
    }
    var id: UUID
    var placed: Date
    var category: Category
    var items: [Item]
    var labels: [String: Int]
    var contact: Item?
    var isPaid: Bool
    var photo: [UInt8]
    var site: URL
    var raw: Data

    static let sample = Order(
        id: UUID(uuidString: "6BA7B810-9DAD-11D1-80B4-00C04FD430C8") ?? UUID(),
        placed: Date(timeIntervalSince1970: 1_795_264_600.25),
        category: .house,
        items: [Item(name: "a\"\n", price: 0.1, count: nil), Item(name: "é", price: -2, count: 255)],
        labels: ["x": 1],
        contact: nil,
        isPaid: true,
        photo: [0, 255, 16],
        site: URL(string: "https://a.test/b?c") ?? URL(filePath: "/"),
        raw: Data([1, 2])
    )
}

/// Not marked: its fields must never be made up.
struct Strict: Decodable {
    /// What its init has seen.
    static let seen = Log()
    let a: Int
    let b: Int

    enum CodingKeys: CodingKey { case a, b }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        a = try container.decode(Int.self, forKey: .a)
        Self.seen.add(a)
        b = try container.decode(Int.self, forKey: .b)
        Self.seen.add(b)
    }
}

struct Mixed: Decodable, JSONFieldwise {
    var before: Int
    var strict: Strict
    var after: Int
}

struct Tree: Codable, JSONFieldwise, Equatable {
    var value: Int
    var children: [Tree]
}

/// Takes an integer or a string, and tries one after the other.
struct Either: Decodable, Equatable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            text = "\(number)"
        } else {
            text = try container.decode(String.self)
        }
    }
}

struct Refusing: Decodable {
    struct Complaint: Error { let secret = "secret" }
    init(from decoder: any Decoder) throws { throw Complaint() }
}
