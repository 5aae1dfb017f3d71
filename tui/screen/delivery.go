package screen

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// Delivery takes in a folder that a client sent, and says what became of its files.
type Delivery struct {
	desk     *Desk
	folder   string
	obtained questionnaires.Obtained
	run      *run // nil while nothing is taken in
	outcome  vault.Delivered
	files    *list.List[deliveredRow]
	err      error
}

// deliveredRow is a file and what became of it.
type deliveredRow struct {
	sign sign
	text string
}

// delivered is what came of a delivery. Only its screen understands it.
type delivered struct {
	screen  *Delivery
	outcome vault.Delivered
	err     error
}

// sentFolder is a folder that the client sent.
type sentFolder struct {
	path     string
	obtained questionnaires.Obtained
}

// deliveryForm asks which folder is taken in.
func deliveryForm(d *Desk) *Form {
	value := &sentFolder{obtained: questionnaires.ProvidedByEntity}
	type f = sentFolder
	return heldForm(d, "Take in", `Takes the files of a folder in as evidence, byte for byte, and receives each for the requests whose numbers its name or its folders have, such as "Req-12 - policy.pdf".`,
		value, func(*Picture) []blank[f] {
			return []blank[f]{
				line("Folder", "The folder that the client sent, as a path.", true, func(f *f) *string { return &f.path }),
				obtained(func(f *f) *questionnaires.Obtained { return &f.obtained }),
			}
		}, sending{
			form: formKey("Take in"), label: "take in", help: "take the folder in",
			work: func(asked any) job {
				path := value.path
				return func() changed {
					folder, err := d.Files.Folder(path)
					if err == nil {
						err = folder.Close()
					}
					return changed{err: err, asked: asked}
				}
			},
			then: func() Screen { return newDelivery(d, value.path, value.obtained) },
		})
}

func newDelivery(d *Desk, folder string, obtained questionnaires.Obtained) *Delivery {
	s := &Delivery{desk: d, folder: folder, obtained: obtained}
	s.files = list.New(func(r deliveredRow) string { return r.sign.word + " " + r.text })
	return s
}

// Start takes the folder in: the person said so.
func (s *Delivery) Start() tea.Cmd { return s.start() }

// Update takes progress and the outcome.
func (s *Delivery) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case progressed:
		if msg.screen == s {
			if s.run != nil {
				s.run.at = msg.all[s.folder]
			}
			return tea.Batch(cmd, msg.feed.wait(s))
		}
	case delivered:
		if msg.screen == s {
			return tea.Batch(cmd, s.ended(msg))
		}
	case tea.KeyMsg:
		typeFilter(s.files, msg)
	}
	return cmd
}

func (s *Delivery) start() tea.Cmd {
	var ctx context.Context
	s.run, ctx = beginRun(s.desk)
	s.err, s.outcome = nil, vault.Delivered{}
	s.files.SetItems(nil)
	f, d := newFeed(s.desk.Now), s.desk
	work := func() tea.Msg {
		defer f.close()
		outcome, err := d.deliver(ctx, s.folder, s.obtained, f.post)
		return delivered{s, outcome, err}
	}
	return tea.Batch(work, f.wait(s))
}

// deliver takes a folder in for the assessment as it stands.
func (d *Desk) deliver(ctx context.Context, path string, obtained questionnaires.Obtained, tell func(engine.Progress)) (vault.Delivered, error) {
	folder, err := d.Files.Folder(path)
	if err != nil {
		return vault.Delivered{}, err
	}
	h, err := d.vault.History(ctx)
	if err != nil {
		return vault.Delivered{}, errors.Join(err, folder.Close())
	}
	a, err := h.Assessment(d.Catalogue, d.id)
	if err != nil {
		return vault.Delivered{}, errors.Join(err, folder.Close())
	}
	outcome, err := d.vault.Receive(ctx, vault.Delivery{Folder: folder, Assessment: a, Obtained: obtained, Progress: func(at vault.DeliveryState) {
		tell(engine.Progress{Source: path, What: fmt.Sprintf("file %s of %s: %s", thousands(at.Seen), thousands(at.All), at.File), Seen: int(at.Done), Total: int(at.Size)})
	}})
	return outcome, errors.Join(err, folder.Close())
}

func (s *Delivery) ended(msg delivered) tea.Cmd {
	s.run.stop()
	s.run, s.outcome, s.err = nil, msg.outcome, msg.err
	s.files.SetItems(deliveredRows(msg.outcome))
	d := s.desk
	return d.do(func() changed {
		picture, err := d.look()
		return changed{picture: picture, err: err}
	})
}

// deliveredRows are the files, those that need a person first.
func deliveredRows(o vault.Delivered) []deliveredRow {
	var rows []deliveredRow
	for _, r := range o.Refused {
		rows = append(rows, deliveredRow{sign{"✗", "refused", theme.Bad}, r.File + ": " + r.Reason})
	}
	for _, path := range o.Unmatched {
		rows = append(rows, deliveredRow{sign{"?", "no request", theme.Warning}, path})
	}
	for _, kind := range []struct {
		sign  sign
		files []vault.DeliveredFile
	}{
		{sign{"✓", "taken in", theme.Good}, o.Taken},
		{sign{"✓", "there, received now", theme.Good}, o.Linked},
		{sign{"·", "there already", theme.Muted}, o.Already},
	} {
		for _, f := range kind.files {
			row := deliveredRow{kind.sign, f.Evidence + "  " + strings.Join(f.Requests, ", ") + "  " + f.File}
			if f.Quarantined != "" {
				row = deliveredRow{sign{"!", "quarantined", theme.Warning}, row.text + ": " + f.Quarantined}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// Leave stops what runs.
func (s *Delivery) Leave() tea.Cmd {
	s.run.stop()
	return nil
}

// Busy reports whether it runs: the vault is being written to.
func (s *Delivery) Busy() bool { return s.run != nil || s.desk.busy() }

// Head names the screen.
func (s *Delivery) Head() Head {
	h := s.desk.head("Take in")
	h.Typing = s.files.Typing()
	return h
}

// Bindings stop, and go on.
func (s *Delivery) Bindings() []Binding {
	if s.run != nil {
		return s.run.stopping("what was taken in stays, and the folder can be taken in again from there")
	}
	again := Binding{Keys: []string{"i"}, Label: "again", Help: "take the folder in again; what is there is not taken in twice", Why: s.desk.fixed(), Do: s.start}
	return append([]Binding{again, back(s.files)}, moving(s.files, nil)...)
}

// Draw says how far it is, then what became of the files.
func (s *Delivery) Draw(c Canvas) []string {
	lines := []string{"", gutter + heading(c.narrower(c.Width-2, 1), "Taking in "+theme.Clean(s.folder), "files stay where they are; copies come into the vault"), ""}
	if s.run != nil {
		return append(lines, indent(gutter, s.run.draw(c, s.desk.Now(), "esc stops it; what was taken in stays."))...)
	}
	state := sign{"✓", s.outcome.String(), theme.Good}
	switch {
	case errors.Is(s.err, context.Canceled):
		state = sign{"!", "Stopped. " + s.outcome.String() + ". i goes on from there.", theme.Warning}
	case s.err != nil:
		state = sign{"✗", s.err.Error(), theme.Bad}
	case s.outcome.Attention():
		state.glyph, state.tone = "!", theme.Warning
	}
	for _, line := range theme.Wrap(theme.Clean(state.text()), c.Width-2) {
		lines = append(lines, gutter+c.Theme.Paint(state.tone, line))
	}
	lines = append(append(lines, ""), filterLine(c, s.files)...)
	about := s.about(c)
	lines = append(lines, s.files.Draw(c.Height-len(lines)-len(about), func(r deliveredRow, selected bool) string {
		return row(c, c.Theme.Paint(r.sign.tone, theme.Fit(r.sign.text(), 22))+theme.Clean(r.text), selected, true)
	})...)
	for len(lines) < c.Height-len(about) {
		lines = append(lines, "")
	}
	return append(lines, about...)
}

// about is all of the row under the cursor, where its line cannot hold it.
func (s *Delivery) about(c Canvas) []string {
	r, chosen := s.files.Selected()
	if !chosen || theme.Width(r.text) <= c.Width-26 {
		return nil
	}
	return whole(c, r.text, 1)
}
