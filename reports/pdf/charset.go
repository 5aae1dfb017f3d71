package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"slices"
	"strings"
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

// settleFonts marks the names of the fonts as those of subsets, and says which characters
// their codes stand for. The library says that in one range of all; one may run through the
// second byte alone.
func (f *file) settleFonts(tag string) {
	meaning := stream("/Filter /FlateDecode", deflate(meanings()))
	for n, body := range f.objects {
		if !bytes.HasPrefix(body, []byte("<</Type /Font")) { // and its descriptor
			continue
		}
		for i, name := range [faceCount]string{"LiberationSans", "LiberationSans-Bold", "LiberationMono", "DejaVuSans"} {
			body = bytes.ReplaceAll(body, []byte("/utf8"+names[i]), []byte("/"+tag+"+"+name))
		}
		f.objects[n] = body
		if at := parseDict(body).ref("ToUnicode"); at > 0 && at < len(f.objects) {
			f.objects[at] = meaning
		}
	}
}

// meanings maps every code to the character of its number, the forms of Arabic letters to
// their letters, and those for surrogates to nothing. At most a hundred stand together.
func meanings() []byte {
	var ranges, forms []string
	add := func(from, to int) { ranges = append(ranges, fmt.Sprintf("<%04X> <%04X> <%04X>\n", from, to, from)) }
	for high := 0; high < 0x10000; high += 0x100 {
		switch {
		case high == firstForm&^0xFF:
			add(high, firstForm-1)
			add(lastForm+1, high+0xFF)
		case high < 0xD800 || high > 0xDF00:
			add(high, high+0xFF)
		}
	}
	for form := rune(firstForm); form <= lastForm; form++ {
		text := fmt.Sprintf("<%04X> <", form)
		for _, letter := range parted(form) {
			text += fmt.Sprintf("%04X", letter)
		}
		forms = append(forms, text+">\n")
	}
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for part := range slices.Chunk(ranges, 100) {
		fmt.Fprintf(&b, "%d beginbfrange\n%sendbfrange\n", len(part), strings.Join(part, ""))
	}
	for part := range slices.Chunk(forms, 100) {
		fmt.Fprintf(&b, "%d beginbfchar\n%sendbfchar\n", len(part), strings.Join(part, ""))
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
	return b.Bytes()
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
