package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
)

// characterSets says of every font which characters its subset holds. The first part of
// PDF/A wants that; the third does not, and there are two readings of what it would mean.
func (f *file) characterSets() error {
	for n, body := range f.objects {
		if !bytes.Contains(body, []byte("/Subtype /CIDFontType2")) {
			continue
		}
		font := parseDict(body)
		descriptor, glyphs := font.ref("FontDescriptor"), font.ref("CIDToGIDMap")
		if descriptor <= 0 || glyphs <= 0 || max(descriptor, glyphs) >= len(f.objects) {
			return fmt.Errorf("read font %d: %w", n, errLayout)
		}
		byCharacter, err := inflate(f.objects[glyphs])
		if err != nil {
			return fmt.Errorf("read font %d: %w", n, err)
		}
		set := make([]byte, (len(byCharacter)/2+7)/8)
		set[0] = 0x80 // the glyph of what is missing
		for c := 0; c+1 < len(byCharacter); c += 2 {
			if byCharacter[c]|byCharacter[c+1] != 0 {
				set[c/16] |= 0x80 >> (c / 2 % 8)
			}
		}
		d := parseDict(f.objects[descriptor])
		d.set("CIDSet", reference(f.add(stream("/Filter /FlateDecode", deflate(set)))))
		f.objects[descriptor] = d.bytes()
	}
	return nil
}

// inflate unpacks what the stream of an object holds.
func inflate(object []byte) ([]byte, error) {
	_, data, found := bytes.Cut(object, []byte("stream\n"))
	if !found {
		return nil, errLayout
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
