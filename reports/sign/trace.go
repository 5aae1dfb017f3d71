package sign

import (
	"bytes"
	"compress/zlib"
	"io"
	"slices"
)

// traces are what other programs keep of a report when they write it again: who made it, what is
// embedded in it, and the kind of signature that it has.
var traces = [][]byte{[]byte("(Tickmark)"), []byte(">Tickmark<"), []byte("(\xfe\xff\x00T\x00i\x00c\x00k\x00m\x00a\x00r\x00k)"), []byte("evidence-manifest.json"), []byte(stampedKey), []byte("/ETSI.CAdES.detached")}

// rangeKey is in every signature, and in the clear whatever the kind of file: what it frames leaves
// out bytes of the file itself.
var rangeKey = []byte("/ByteRange")

// maxTraced bounds what the streams of one file unfold to while traces are looked for, in bytes, and
// unfolding is what each of them costs in any case.
const (
	maxTraced = 64 << 20
	unfolding = 4 << 10
)

// hasTraces tells whether a PDF of a kind that is not read was a report before, or bears a
// signature as reports do: then it is no stranger's file but one that does not hold. Whoever
// wants to can wipe all traces off; what is left is a file without signatures.
func hasTraces(pdf []byte) bool {
	traced := func(text []byte) bool {
		return slices.ContainsFunc(traces, func(trace []byte) bool { return bytes.Contains(text, trace) })
	}
	if traced(pdf) {
		return true
	}
	left := maxTraced
	for begin := []byte("stream"); left > 0; {
		before, after, found := bytes.Cut(pdf, begin)
		if !found {
			return false
		}
		const reach = 512 // bytes of a stream's dictionary
		dictionary := before[max(0, len(before)-reach):]
		dictionary = dictionary[bytes.LastIndex(dictionary, []byte("obj"))+1:]
		if bytes.Contains(dictionary, []byte("/ObjStm")) || bytes.Contains(dictionary, []byte("/Metadata")) {
			text := unfolded(bytes.TrimLeft(after, "\r\n"), left)
			if left -= len(text) + unfolding; traced(text) {
				return true
			}
		}
		pdf = after
	}
	return false
}

// begunLate tells whether something stands before a report, or before a PDF that somebody signed.
func begunLate(pdf []byte) bool {
	const reach = 1024 // bytes that readers look through for the beginning
	at := bytes.Index(pdf[:min(len(pdf), reach)], []byte("%PDF-"))
	return at > 0 && len(pdf) <= MaxFile && (bytes.Contains(pdf, rangeKey) || hasTraces(pdf))
}

// unfolded is what a compressed stream unfolds to, as far as it is sound and within a bound.
func unfolded(packed []byte, limit int) []byte {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(z, int64(limit))) // what came before a fault is enough
	return text
}
