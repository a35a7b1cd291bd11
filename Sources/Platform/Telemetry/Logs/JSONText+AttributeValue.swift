extension JSONText {
    /// Adds a value: text, number, `true`, or an array of them.
    static func append(_ value: AttributeValue, to bytes: inout [UInt8]) {
        switch value {
        case .string(let text): append(text, to: &bytes)
        case .int(let number): DecimalText.append(Int64(number), to: &bytes)
        case .double(let number): append(number, to: &bytes)
        case .bool(let value): append(value, to: &bytes)
        case .strings(let texts): append(all: texts, to: &bytes) { append($0, to: &$1) }
        case .ints(let numbers): append(all: numbers, to: &bytes) { DecimalText.append(Int64($0), to: &$1) }
        case .doubles(let numbers): append(all: numbers, to: &bytes) { append($0, to: &$1) }
        case .bools(let values): append(all: values, to: &bytes) { append($0, to: &$1) }
        }
    }

    /// Adds an array.
    static func append<Element>(
        all elements: [Element],
        to bytes: inout [UInt8],
        _ append: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(element, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
