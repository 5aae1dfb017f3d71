package screen

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// The pages of an item of evidence.
const (
	provesPage = iota
	documentPage
	originPage
	evidencePages
)

// Evidence is one item: what it proves, subject by subject, the raw document that
// proves it, and where it came from.
type Evidence struct {
	desk     *Desk
	item     questionnaires.Evidence
	page     int
	details  *list.List[engine.Detail]
	origins  *list.List[string]
	document *Document
	shown    engine.Digest // the document that is there
	wanted   engine.Digest // or asked for
	snapshot *engine.Snapshot
	loaded   bool
	err      error
}

// evidenceRead and bodyRead are what reading the vault gave.
type evidenceRead struct {
	screen   *Evidence
	details  []engine.Detail
	snapshot *engine.Snapshot
	err      error
}

type bodyRead struct {
	screen   *Evidence
	digest   engine.Digest
	document *Document
}

func newEvidence(d *Desk, item questionnaires.Evidence) *Evidence {
	s := &Evidence{desk: d, item: item, origins: list.New(func(line string) string { return line })}
	s.details = list.New(func(d engine.Detail) string {
		return d.Subject.String() + " " + d.Verdict.String() + " " + d.Sentence
	})
	return s
}

// Start reads the result, its snapshot and the first document.
func (s *Evidence) Start() tea.Cmd {
	item, v, ctx := s.item, s.desk.vault, s.desk.ctx
	if item.File != nil {
		s.page = documentPage
		return s.readFile()
	}
	return func() tea.Msg {
		switch {
		case item.Result == nil:
			return evidenceRead{screen: s}
		case item.Expunged != nil:
			return evidenceRead{screen: s, err: fmt.Errorf("open %s: it was %s", item.Label(), item.Expunged)}
		}
		result, err := item.Result.Read(v.Documents(ctx))
		if err != nil {
			return evidenceRead{screen: s, err: err}
		}
		snapshot, err := v.Snapshot(ctx, item.Result.Snapshot)
		if err != nil {
			return evidenceRead{screen: s, details: worstFirst(result.Details), err: err}
		}
		return evidenceRead{screen: s, details: worstFirst(result.Details), snapshot: &snapshot}
	}
}

// worstFirst orders details by what needs a person first; passes stay, they prove
// too.
func worstFirst(details []engine.Detail) []engine.Detail {
	order := map[engine.Verdict]int{engine.Fail: 0, engine.Unknown: 1, engine.Pass: 2, engine.NotApplicable: 3}
	sorted := slices.Clone(details)
	slices.SortStableFunc(sorted, func(a, b engine.Detail) int { return order[a.Verdict] - order[b.Verdict] })
	return sorted
}

// readDocument reads the document that proves the detail under the cursor.
func (s *Evidence) readDocument() tea.Cmd {
	detail, chosen := s.details.Selected()
	if !chosen || len(detail.Cites) == 0 {
		s.wanted, s.shown, s.document = engine.Digest{}, engine.Digest{}, nil
		return nil
	}
	digest := detail.Cites[0]
	if digest == s.shown && s.document != nil {
		s.wanted = digest
		s.document.Find(detail.Field)
		return nil
	}
	s.wanted = digest
	v, ctx := s.desk.vault, s.desk.ctx
	return func() tea.Msg {
		body, err := v.Body(ctx, digest)
		if err != nil {
			return bodyRead{s, digest, failedDocument(err)}
		}
		return bodyRead{s, digest, NewDocument(body)}
	}
}

// Update takes what was read.
func (s *Evidence) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		return tea.Batch(cmd, s.follow())
	case evidenceRead:
		if msg.screen == s {
			s.loaded, s.err, s.snapshot = true, msg.err, msg.snapshot
			s.details.SetItems(msg.details)
			return tea.Batch(cmd, s.readDocument())
		}
	case bodyRead:
		if msg.screen == s && msg.digest == s.wanted {
			s.loaded, s.shown, s.document = true, msg.digest, msg.document
			if detail, chosen := s.details.Selected(); chosen {
				s.document.Find(detail.Field)
			}
		}
	case tea.KeyMsg:
		if s.document != nil && s.document.rows.Typing() {
			typeFilter(s.document.rows, msg)
			return nil
		}
		typeFilter(s.details, msg)
		return s.readDocument()
	}
	return cmd
}

// Head names the item.
func (s *Evidence) Head() Head {
	h := s.desk.head(s.item.Label())
	h.Typing = s.details.Typing() || (s.document != nil && s.document.rows.Typing())
	return h
}

// Bindings are those of the page in use.
func (s *Evidence) Bindings() []Binding {
	turn := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			s.page = (s.page + by + evidencePages) % evidencePages
			return nil
		}
	}
	bindings := []Binding{
		{Keys: []string{"tab"}, Label: "next panel", Help: "what it proves, the document, where it comes from", Do: turn(1)},
		{Keys: []string{"shift+tab"}, Help: "the panel before", Do: turn(-1)},
		{Keys: []string{"v"}, Label: "reproduce", Help: "the command that shows it again", Do: func() tea.Cmd {
			s.page = originPage
			s.origins.Home()
			return note(theme.Accent, s.reproduce())
		}},
	}
	if s.item.File != nil {
		bindings = append(bindings, s.desk.itemKeys(s.item)...)
	} else {
		bindings = append(bindings, s.accept())
	}
	bindings = append(bindings, s.desk.noteOn(s.item.Label()))
	switch {
	case s.page == documentPage && s.document != nil:
		fold := Binding{Keys: []string{"enter", " "}, Label: "fold", Help: "fold or unfold what stands under the cursor", Why: s.document.flat(), Do: s.document.Fold}
		return append(append(bindings, fold, back(s.document.rows)), moving(s.document.rows, nil)...)
	case s.page == provesPage:
		open := Binding{Keys: []string{"enter"}, Label: "document", Help: "the document that proves it", Do: turn(1)}
		if s.document == nil {
			open.Why = "no document is cited: there was nothing to be seen"
		}
		return append(append([]Binding{open}, bindings...), append([]Binding{back(s.details)}, moving(s.details, s.readDocument)...)...)
	}
	scroll := moving(s.origins, nil)
	return append(append(bindings, back(nil)), scroll[1:]...) // there is nothing to filter
}

// key is that of the detail under the cursor, and whether it fails.
func (s *Evidence) key(d engine.Detail) (engine.Key, bool) {
	if s.item.Result == nil {
		return engine.Key{}, false
	}
	return s.item.Result.Key(d), d.Verdict == engine.Fail
}

// accept is the key that asks for a failing detail to be accepted, or approves that.
func (s *Evidence) accept() Binding {
	b := Binding{Keys: []string{"A"}, Help: "ask to accept the failing result under the cursor for a time, or approve what was asked for", Why: s.desk.fixed()}
	d, chosen := s.details.Selected()
	key, fails := s.key(d)
	switch {
	case b.Why != "":
	case !chosen || !fails:
		b.Why = "only a result that fails can be accepted"
	default:
		b.Label = "accept"
	}
	b.Do = func() tea.Cmd {
		if a, known := s.desk.acceptance(key); known && a.State(s.desk.Now()) == questionnaires.AcceptancePending {
			return push(newAcceptances(s.desk))
		}
		return push(askAcceptance(s.desk, key))
	}
	return b
}
