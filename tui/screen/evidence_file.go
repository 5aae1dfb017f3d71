package screen

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// maxFile is how much of a file is shown.
const maxFile = 1 << 20

func (s *Evidence) readFile() tea.Cmd {
	file, v, ctx := *s.item.File, s.desk.vault, s.desk.ctx
	s.wanted = file.Digest
	switch {
	case s.item.Expunged != nil:
		return s.says("What it held was " + s.item.Expunged.String() + ".")
	case s.item.Quarantined():
		return s.says("It is "+s.item.SearchWords()+".", "", "What it holds is not shown here. R decides on it.", "As it is, where you ask for it:",
			"tickmark evidence VAULT show "+s.item.Label(), "--raw --quarantined")
	}
	return func() tea.Msg {
		document, err := fileDocument(ctx, v.OpenEvidence, file)
		if err != nil {
			document = failedDocument(err)
		}
		return bodyRead{s, file.Digest, document}
	}
}

// narrow is a width at which a page's lines stand whole beside another page.
const narrow = 56

// says shows words in the place of a file.
func (s *Evidence) says(words ...string) tea.Cmd {
	digest := s.wanted
	var lines []string
	for _, text := range words {
		lines = append(lines, theme.Wrap(theme.Clean(text), narrow)...)
	}
	return func() tea.Msg { return bodyRead{s, digest, textDocument(strings.Join(lines, "\n"))} }
}

// follow takes the item as it stands now: somebody described it, decided on it, or took
// its content out.
func (s *Evidence) follow() tea.Cmd {
	before := s.item
	now, known := s.desk.picture.Assessment.Evidence(s.item.ID)
	if !known || now.File == nil {
		return nil
	}
	s.item = now
	if now.Digest() == before.Digest() && now.Quarantined() == before.Quarantined() && (now.Expunged == nil) == (before.Expunged == nil) {
		return nil
	}
	return s.readFile()
}

func fileDocument(ctx context.Context, open func(context.Context, engine.Digest) (io.ReadSeekCloser, error), file questionnaires.FileSource) (*Document, error) {
	r, err := open(ctx, file.Digest)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		_ = r.Close() // the error of reading says more
		return nil, fmt.Errorf("read %s: %w", file.Name, err)
	}
	if err := r.Close(); err != nil {
		return nil, fmt.Errorf("read %s: %w", file.Name, err)
	}
	if bytes.IndexByte(body, 0) >= 0 || !utf8.Valid(bytes.ToValidUTF8(body[:max(0, len(body)-4)], nil)) {
		return textDocument("This file is no text. `tickmark evidence VAULT export` takes it out, byte for byte."), nil
	}
	return textDocument(string(body)), nil
}

// facts are what is said of a file, and what the search of it found.
func (s *Evidence) facts(c Canvas) []string {
	lines := append(theme.Wrap("A file proves what a person reads in it.", c.Width), "")
	say := func(label, text string, tone theme.Token) {
		if text == "" {
			return
		}
		for i, line := range labelled(c.Theme, label, text, 12, c.Width) {
			if i > 0 || tone == theme.Plain {
				lines = append(lines, line)
				continue
			}
			lines = append(lines, c.Theme.Paint(tone, line))
		}
	}
	if s.item.Expunged != nil {
		say("Content", s.item.Expunged.String(), theme.Plain)
	} else {
		search := theme.Plain
		if s.item.Quarantined() {
			search = theme.Warning
		}
		say("Search", s.item.SearchWords(), search)
	}
	say("Freshness", s.desk.freshness(s.item).String(), theme.Warning)
	say("Obtained", string(s.item.File.Obtained), theme.Plain)
	say("Collected", stamp(s.item.Collected), theme.Plain)
	for _, fact := range s.item.Facts() {
		name := strings.ToUpper(fact.Name[:1]) + fact.Name[1:]
		say(name, fact.Text, theme.Plain)
	}
	serves := make([]string, len(s.item.Requirements))
	for i, id := range s.item.Requirements {
		serves[i] = id.String()
	}
	say("Serves", strings.Join(serves, ", "), theme.Plain)
	return lines
}

// freshness is how an item stands today, for as long as its kind counts; nothing is said
// of what is gone.
func (d *Desk) freshness(item questionnaires.Evidence) questionnaires.Freshness {
	if item.Expunged != nil {
		return questionnaires.Freshness{}
	}
	return d.picture.Assessment.Freshness(item, questionnaires.DayOf(d.Now()))
}
