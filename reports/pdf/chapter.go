package pdf

import (
	"context"
	"maps"

	"tickmark/reports"
)

// opensChapter reports whether a block begins on a page of its own.
func opensChapter(b reports.Block) bool {
	h, is := b.(reports.Heading)
	return is && h.Level <= 1
}

// What a chapter may leave over for its last page, as a part of a page, one of two pages for its
// second; and of how many pages it is at most for what stands between its lines to give way.
const (
	leftOver    = 0.22
	halfOver    = 0.5
	shortEnough = 30
)

// chapter lays out the blocks of a chapter. Where a few lines are left over for a page of
// their own, things stand closer together, as far as that saves the page.
func (l *layout) chapter(ctx context.Context, from, to int) error {
	before := l.checkpoint()
	if err := l.lay(ctx, from, to); err != nil {
		return err
	}
	pages := len(l.pages)
	n := pages - before.pages
	over := leftOver
	if n == 2 {
		over = halfOver
	}
	if !opensChapter(l.doc.Blocks[from]) || n < 2 || n > shortEnough || l.y-top > l.sheet.body()*over {
		return nil
	}
	defer func() { l.spacing = 1 }()
	for _, spacing := range []float64{0.85, 0.7, 0.55, 1} {
		l.spacing = spacing
		l.rewind(before)
		if err := l.lay(ctx, from, to); err != nil || len(l.pages) < pages {
			return err
		}
	}
	return nil
}

func (l *layout) lay(ctx context.Context, from, to int) error {
	for i, b := range l.doc.Blocks[from:to] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if h := l.together(l.doc.Blocks[from+i:]); h > 0 {
			l.need(h)
		}
		l.element = l.elementOf(b)
		l.block(b)
	}
	return nil
}

// between is how much stands between things that want some millimetres.
func (l *layout) between(mm float64) float64 { return mm * l.spacing }

// checkpoint is how far a layout is where a chapter begins, which is on a page of its own.
type checkpoint struct {
	pages, marks, elements, level int
	section                       string
}

func (l *layout) checkpoint() checkpoint {
	return checkpoint{pages: len(l.pages), marks: len(l.marks), elements: len(l.root.below), level: l.level, section: l.section}
}

// rewind takes back what was laid out since. What was noted of elements that are gone, of
// the words of pictures and their bounds, nobody asks for.
func (l *layout) rewind(to checkpoint) {
	l.pages, l.marks, l.root.below = l.pages[:to.pages], l.marks[:to.marks], l.root.below[:to.elements]
	l.level, l.section = to.level, to.section
	maps.DeleteFunc(l.anchors, func(_ string, at place) bool { return at.page > to.pages })
}
