/// Attributes that many spans have in common, such as those of a route: written down once for all of them.
package final class SharedAttributes: Sendable {
    /// What they are.
    let list: [Attribute]
    /// As a ``SpanWriter`` has written them.
    let (json, protobuf): ([UInt8], [UInt8])
    /// The bytes of the longest text.
    let textByteCount: Int

    /// Takes attributes, of which each name stands once.
    package init(_ attributes: Attributes) {
        list = attributes.list
        json = SpanWriter.written(list, as: .json)
        protobuf = SpanWriter.written(list, as: .protobuf)
        textByteCount = list.reduce(0) { max($0, $1.value.textByteCount) }
    }
}
