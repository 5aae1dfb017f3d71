package reports

import (
	"fmt"
	"slices"
	"strings"
)

// part is a section, a part or an appendix of a paper. Its pieces are chapters, or begin
// with a heading of the second level; either way they stand below its title.
type part struct {
	name   string // with its mark, such as "Section 1"
	mark   string
	title  string
	intro  string
	pieces []func() []Block
	plain  bool // the pieces have numbers of their own
}

func section(mark, title, intro string, pieces ...func() []Block) part {
	return part{"Section " + mark, mark, title, intro, pieces, false}
}

func appendix(mark, title, intro string, pieces ...func() []Block) part {
	return part{"Appendix " + mark, mark, title, intro, pieces, false}
}

// attested is a part of what an attestation asks for.
func attested(mark, title, intro string, pieces ...func() []Block) part {
	return part{"Part " + mark, mark, title, intro, pieces, false}
}

// numbered is the part whose pieces have numbers of their own.
func (p part) numbered() part {
	p.plain = true
	return p
}

// blocks is the part with everything in it.
func (p part) blocks() []Block {
	all := []Block{Heading{Level: 1, Text: p.name + ": " + p.title, Anchor: strings.ToLower(strings.ReplaceAll(p.name, " ", "-"))}}
	if p.intro != "" {
		all = append(all, Paragraph{Text: p.intro})
	}
	number := 0
	for _, piece := range p.pieces {
		for _, b := range below(piece()) {
			if h, is := b.(Heading); is && h.Level == 2 && !p.plain {
				number++
				h.Text = fmt.Sprintf("%s.%d %s", p.mark, number, h.Text)
				b = h
			}
			all = append(all, b)
		}
	}
	return all
}

// below puts a chapter one level down; what is no chapter stays as it is.
func below(blocks []Block) []Block {
	i := slices.IndexFunc(blocks, func(b Block) bool { _, is := b.(Heading); return is })
	if i < 0 || blocks[i].(Heading).Level > 1 {
		return blocks
	}
	lowered := slices.Clone(blocks)
	for i, b := range lowered {
		if h, is := b.(Heading); is {
			h.Level = min(h.Level+1, 3)
			lowered[i] = h
		}
	}
	return lowered
}

// linked keeps of the links those that lead somewhere in the paper: a paper without the
// chapter of evidence names the evidence all the same.
func linked(blocks []Block) []Block {
	anchors := map[string]bool{}
	for _, b := range blocks {
		switch b := b.(type) {
		case Heading:
			anchors[b.Anchor] = true
		case Table:
			for _, row := range b.Rows {
				anchors[row.Anchor] = true
			}
		}
	}
	for _, b := range blocks {
		table, is := b.(Table)
		if !is {
			continue
		}
		for _, row := range table.Rows {
			for i, cell := range row.Cells {
				row.Cells[i] = cell.linked(anchors)
			}
		}
	}
	return blocks
}

// linked writes the links that lead nowhere as text.
func (c Cell) linked(anchors map[string]bool) Cell {
	var lines []string
	if c.Text != "" {
		lines = append(lines, c.Text)
	}
	var links []Link
	for _, l := range c.Links {
		if anchors[l.To] {
			links = append(links, l)
		} else {
			lines = append(lines, l.Text)
		}
	}
	c.Text, c.Links = strings.Join(lines, "\n"), links
	return c
}

// body is a chapter without its title, or what stands in its place where it is empty.
func body(chapter func() []Block, empty string) func() []Block {
	return func() []Block {
		blocks := chapter()
		if len(blocks) == 0 {
			return []Block{Paragraph{Text: empty}}
		}
		return blocks[1:]
	}
}

// titled is a piece below a heading of its own.
func titled(title string, piece func() []Block) func() []Block {
	return func() []Block { return append([]Block{Heading{Level: 2, Text: title}}, piece()...) }
}

// parted are the chapters of parts.
func parted(parts []part) []func() []Block {
	var chapters []func() []Block
	for _, p := range parts {
		chapters = append(chapters, p.blocks)
	}
	return chapters
}
