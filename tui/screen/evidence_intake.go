package screen

import (
	"context"
	"errors"
	"io"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// handed is a file that is to be taken in, or notes that somebody writes.
type handed struct {
	path, text string
	kind       questionnaires.EvidenceKind
	said       questionnaires.EvidenceDescription
	again      bool // though the vault holds it
	cited      bool // the answer rests on it
	procedures []string
}

// setKind says what it is, and how such a thing is obtained where nobody said otherwise.
func (x *handed) setKind(text string) error {
	kind, err := questionnaires.ParseEvidenceKind(text)
	if err == nil {
		if x.said.Obtained == x.kind.Obtained() {
			x.said.Obtained = kind.Obtained()
		}
		x.kind = kind
	}
	return err
}

// intakeKeys take a file in, or notes; for a question where the id is one.
func (d *Desk) intakeKeys(id questionnaires.RequirementID) []Binding {
	why := d.fixed()
	file := Binding{Keys: []string{"F"}, Label: "file", Help: "take a file in as evidence: a document, a screenshot, a configuration", Why: why, Do: func() tea.Cmd { return push(attachForm(d, id)) }}
	if why == "" && d.Files.File == nil {
		file.Why = "nothing reads files here"
	}
	return []Binding{file, {Keys: []string{"I"}, Label: "notes", Help: "write notes of an interview or an observation", Why: why, Do: func() tea.Cmd { return push(notesForm(d, id)) }}}
}

func attachForm(d *Desk, id questionnaires.RequirementID) *Form {
	kind := questionnaires.DocumentEvidence
	value := &handed{kind: kind, said: questionnaires.EvidenceDescription{Obtained: kind.Obtained(), Requirements: about(id)}}
	return intakeForm(d, "Take in a file", "Takes a file in as evidence, byte for byte, and searches what can be read of it for card numbers and keys.", id, value, false)
}

func notesForm(d *Desk, id questionnaires.RequirementID) *Form {
	kind := questionnaires.InterviewEvidence
	value := &handed{kind: kind, said: questionnaires.EvidenceDescription{Obtained: kind.Obtained(), Requirements: about(id)}}
	return intakeForm(d, "Notes", "What was said in an interview or seen in an observation. Once kept, the notes are evidence and never change; what is said of them can be corrected.", id, value, true)
}

func about(id questionnaires.RequirementID) []questionnaires.RequirementID {
	if id.IsZero() {
		return nil
	}
	return []questionnaires.RequirementID{id}
}

func intakeForm(d *Desk, crumb, text string, id questionnaires.RequirementID, value *handed, notes bool) *Form {
	label, help := "take in", "take the file in"
	if notes {
		label, help = "keep", "keep the notes as evidence"
	}
	return heldForm(d, crumb, text, value, func(p *Picture) []blank[handed] {
		blanks := []blank[handed]{
			choice("Kind", "What it is.", true, kindOptions(notes), func(x *handed) string { return x.kind.String() }, (*handed).setKind),
		}
		if notes {
			blanks = append(blanks, long("Text", "The notes themselves.", true, func(x *handed) *string { return &x.text }))
		} else {
			blanks = append([]blank[handed]{line("File", "The file, as a path. It stays where it is.", true, func(x *handed) *string { return &x.path })}, blanks...)
		}
		blanks = append(blanks, citedBy(p, id)...)
		blanks = append(blanks, describing(p, value.kind, func(x *handed) *questionnaires.EvidenceDescription { return &x.said }, value)...)
		if !notes {
			blanks = append(blanks, either("Once more", "Take it in though the vault holds it, as an item of its own.", false, func(x *handed) *bool { return &x.again }))
		}
		return blanks
	}, sending{form: formKey(crumb, id.String()), label: label, help: help, lasts: func() lasting {
		x := *value
		return func(ctx context.Context, tell func(engine.Progress)) (string, error) {
			return d.takeIn(ctx, x, id, tell)
		}
	}})
}

// citedBy are the places that let the answer to a requirement rest on it.
func citedBy(p *Picture, id questionnaires.RequirementID) []blank[handed] {
	switch {
	case id.IsZero():
		return nil
	case !p.Assessment.Questionnaire.PerProcedure:
		return []blank[handed]{either("Cited", "The answer to "+id.String()+" rests on it.", false, func(x *handed) *bool { return &x.cited })}
	}
	var procedures []option
	for _, a := range p.Assessment.Procedures(id) {
		name := questionnaires.Procedure{Requirement: id, Letter: a.Letter}.String()
		procedures = append(procedures, option{value: name, text: name})
	}
	same := func(s string) string { return s }
	return []blank[handed]{several("Cited by", "The testing procedures whose findings rest on it.", false, procedures,
		func(x *handed) *[]string { return &x.procedures }, same, func(s string) (string, error) { return s, nil })}
}

// takeIn takes a file or notes in, and lets the answer rest on it where that was said.
func (d *Desk) takeIn(ctx context.Context, x handed, id questionnaires.RequirementID, tell func(engine.Progress)) (string, error) {
	file := vault.File{Name: x.kind.String() + ".txt", Once: !x.again, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.TrimRight(x.text, "\n") + "\n")), nil
	}}
	if x.text == "" {
		file = d.Files.File(x.path, fileProgress(x.path, tell))
		file.Once = !x.again
	}
	file.Item = questionnaires.Evidence{
		Kind: x.kind, Title: x.said.Title, Collected: x.said.Collected, Requirements: x.said.Requirements, Details: x.said.Details,
		File: &questionnaires.FileSource{Obtained: x.said.Obtained},
	}
	cites := x.cited || len(x.procedures) > 0
	item, said, err := d.put(ctx, file)
	if there := (*vault.DuplicateError)(nil); errors.As(err, &there) && cites {
		item, said, err = there.Item, there.Item.Label()+" is the same file already", nil
	}
	if err != nil {
		return "", err
	}
	if cites {
		_, err = d.append(func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return citing(a, id, item.ID, x.procedures)
		})
		if err != nil && !errors.Is(err, questionnaires.ErrUnchanged) {
			return "", errors.Join(errors.New(said+", and no answer rests on it yet"), err)
		}
		said += ", cited by " + id.String()
	}
	return said, nil
}

// put takes a file in. One that is there serves what it was brought for, too.
func (d *Desk) put(ctx context.Context, file vault.File) (questionnaires.Evidence, string, error) {
	items, err := d.vault.PutFiles(ctx, []vault.File{file}, nil)
	var there *vault.DuplicateError
	switch {
	case err == nil && items[0].Quarantined():
		return items[0], items[0].Label() + " is " + theme.Clean(items[0].SearchWords()), nil
	case err == nil:
		return items[0], items[0].Label() + " taken in, " + theme.Clean(items[0].SearchWords()), nil
	case !errors.As(err, &there):
		return questionnaires.Evidence{}, "", err
	}
	_, unserved := d.append(func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		said := there.Item.Description()
		if len(said.Serve(file.Item.Requirements...)) == 0 {
			return questionnaires.Draft{}, err
		}
		return a.History().Describe(said, d.Now())
	})
	return there.Item, there.Item.Label() + " is the same file already; it serves this too now", unserved
}

// fileProgress tells how much of a file was read.
func fileProgress(path string, tell func(engine.Progress)) func(done, total int64) {
	return func(done, total int64) {
		tell(engine.Progress{Source: path, What: path, Seen: int(done), Total: int(total)})
	}
}
