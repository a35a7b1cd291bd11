import Reactor

/// The ports of a system: those that are asked for where they are free, else the next ones, kept from others as long as it runs.
struct PortBook {
    /// Whether none is asked for: a second copy takes any.
    let isIsolated: Bool
    private(set) var notes: [String] = []

    /// How far the search for a free port goes.
    private static let searchLength = 100

    init(isIsolated: Bool) { self.isIsolated = isIsolated }

    /// Takes a port.
    ///
    /// - Throws: `SystemError` when there is none.
    mutating func claim(_ wanted: Int?, for name: String) throws(SystemError) -> ReservedPort {
        guard let wanted, !isIsolated else { return try any() }
        for number in wanted...min(65_535, wanted + Self.searchLength) {
            let address = SocketAddress.loopback(port: UInt16(number))
            guard let port = try? ReservedPort(for: address, claims: true) else { continue }
            if number != wanted {
                notes.append("\(name): port \(wanted) is taken by another program, \(number) is used")
            }
            return port
        }
        return try any()
    }

    private func any() throws(SystemError) -> ReservedPort {
        guard let port = try ReservedPort(for: .loopback(port: 0)) else {
            throw SystemError(code: 99, operation: "find a free port")
        }
        return port
    }
}
