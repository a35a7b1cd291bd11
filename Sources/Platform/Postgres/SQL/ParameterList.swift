/// Parameters in libpq's text form, NUL-terminated one behind the other in one buffer.
struct ParameterList: Sendable {
    /// Where one parameter lies.
    struct Slot: Sendable {
        /// Offset of its `$n` in the statement.
        var placeholder: Int32 = 0
        /// Offset of its text in the buffer; -1 for NULL.
        let start: Int32
    }

    /// The protocol counts them in 16 bits (PostgreSQL manual, 55.7, "Bind").
    static let limit = 65_535

    private(set) var slots: [Slot] = []
    private var bytes: [UInt8] = []

    /// Makes room for parameters of a usual length.
    mutating func reserve(_ count: Int) {
        guard count > 0 else { return }
        slots.reserveCapacity(count)
        bytes.reserveCapacity(count * 40)
    }

    /// Gives the buffer away to be appended to; ``finish(_:)`` takes it back.
    mutating func takeBytes() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    /// Takes a buffer back to which one parameter's text was appended.
    mutating func finish(_ writer: inout PostgresValueWriter) {
        slots.append(Slot(start: writer.isNull ? -1 : Int32(clamping: writer.start)))
        bytes = writer.take()
        bytes.append(0)
    }

    mutating func append(_ other: ParameterList, _ index: Int) {
        guard let text = other.text(index) else { return slots.append(Slot(start: -1)) }
        slots.append(Slot(start: Int32(clamping: bytes.count)))
        bytes += text
        bytes.append(0)
    }

    mutating func setPlaceholder(_ offset: Int) {
        slots[slots.count - 1].placeholder = Int32(clamping: offset)
    }

    /// One parameter's text, nil for NULL.
    func text(_ index: Int) -> ArraySlice<UInt8>? {
        let start = Int(slots[index].start)
        return start < 0 ? nil : bytes[start...].prefix { $0 != 0 }
    }

    /// Lends the array of C strings that libpq wants; valid inside `body` only.
    func withPointers<Value>(
        _ body: (_ count: Int32, _ values: UnsafePointer<UnsafePointer<CChar>?>?) -> Value
    ) -> Value {
        guard !slots.isEmpty else { return body(0, nil) }
        return unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: slots.count) {
            values in
            unsafe bytes.withUnsafeBytes { raw in
                let text = unsafe raw.assumingMemoryBound(to: CChar.self).baseAddress
                for (index, slot) in slots.enumerated() {
                    // Each start lies inside the buffer, and each text ends with its NUL.
                    unsafe values.initializeElement(
                        at: index,
                        to: slot.start < 0 ? nil : text.map { unsafe $0 + Int(slot.start) }
                    )
                }
                return unsafe body(Int32(slots.count), values.baseAddress.map { unsafe UnsafePointer($0) })
            }
        }
    }
}
