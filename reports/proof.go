package reports

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Limits of what the binder prints of the evidence itself. The index lists every item;
// what is left out here is said where it would stand.
const (
	maxProofs       = 300     // items that are printed in full
	maxPassing      = 5       // subjects that passed, of one item
	maxFailing      = 20      // and that did not
	maxExcerpts     = 2       // documents of one item
	maxCites        = 8       // documents of a detail that are looked through for its subject's
	linesBefore     = 9       // of a document, before the field that a detail speaks of
	linesAfter      = 12      // and behind it
	maxExcerptLine  = 200     // characters
	maxExcerptFile  = 1 << 18 // bytes of a file that is read for its beginning
	maxExcerptLines = linesBefore + 1 + linesAfter
)

// Proof is what the binder shows of an item beside its index: how many there were, what
// passed, and the words of the documents themselves.
type Proof struct {
	Populations []engine.Population // of the kinds that its subjects are of
	Passing     []engine.Detail     // the first of those that passed
	Excerpts    []Excerpt
	Withheld    string // why none of it is printed, "" where something is
}

// Excerpt is a part of one document as it is kept, redacted where it was collected.
type Excerpt struct {
	Name   string // what the document is of
	Digest engine.Digest
	Field  string // that it shows, "" for the beginning
	Text   string
}

// Prove reads what the binder shows of the items: of those first that answers cite, then
// of what failed or stayed unknown, up to a limit. Foreign tells of a file that was handed
// over that another tool wrote it; without it the beginning of none is shown.
func (d *Dossier) Prove(ctx context.Context, source Source, foreign func(body []byte) bool) error {
	p := prover{ctx: ctx, source: source, dossier: d, foreign: foreign, documents: source.Documents(ctx), snapshots: map[engine.Digest][]engine.Population{}}
	for _, t := range d.Targets {
		p.snapshots[t.Seen.Snapshot] = t.Populations
	}
	for _, i := range d.proven() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read evidence: %w", err)
		}
		proof, err := p.prove(d.Items[i])
		if err != nil {
			return fmt.Errorf("read %s: %w", d.Items[i].Label(), err)
		}
		d.Items[i].Proof = &proof
	}
	return nil
}

// proven are the places of the items that are printed in full.
func (d *Dossier) proven() []int {
	cited := citing(d.Assessment)
	rank := func(i Item) int {
		r := i.Result
		switch {
		case i.Expunged != nil:
			return 4
		case len(cited[i.ID]) > 0:
			return 0
		case r == nil:
			return 2
		case r.Verdict == engine.Fail, r.Verdict == engine.Unknown:
			return 1
		}
		return 3
	}
	order := make([]int, len(d.Items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank(d.Items[a]), rank(d.Items[b])) })
	return order[:min(len(order), maxProofs)]
}

type prover struct {
	ctx       context.Context
	source    Source
	dossier   *Dossier
	documents engine.Documents
	snapshots map[engine.Digest][]engine.Population
	imports   map[engine.Digest]bool // files of other tools; nil until one is asked for
	foreign   func(body []byte) bool
}

func (p *prover) prove(i Item) (Proof, error) {
	switch {
	case i.Expunged != nil:
		return Proof{Withheld: "What it held was " + i.Expunged.String() + "."}, nil
	case i.Result != nil:
		return p.result(i)
	case i.File != nil:
		return p.file(i)
	}
	return Proof{Withheld: "It holds nothing."}, nil
}

// result reads the result that an item is, and the documents that it rests on.
func (p *prover) result(i Item) (Proof, error) {
	result, err := i.Result.Read(p.documents)
	if err != nil {
		return Proof{}, fmt.Errorf("read %s: %w", i.Label(), err)
	}
	details := result.Details
	populations, read := p.snapshots[i.Result.Snapshot]
	if !read {
		s, err := p.source.Snapshot(p.ctx, i.Result.Snapshot)
		if err != nil {
			return Proof{}, err
		}
		populations = s.Populations
		p.snapshots[i.Result.Snapshot] = populations
	}
	var proof Proof
	for _, population := range populations {
		if slices.ContainsFunc(details, func(d engine.Detail) bool { return d.Subject.Of() == population.Kind }) {
			proof.Populations = append(proof.Populations, population)
		}
	}
	order := map[engine.Verdict]int{engine.Fail: 0, engine.Unknown: 1, engine.Pass: 2, engine.NotApplicable: 3}
	slices.SortStableFunc(details, func(a, b engine.Detail) int { return order[a.Verdict] - order[b.Verdict] })
	shown := map[engine.Digest]bool{}
	for _, d := range details {
		if d.Verdict == engine.Pass && len(proof.Passing) < maxPassing {
			proof.Passing = append(proof.Passing, d)
		}
		if len(d.Cites) == 0 || len(proof.Excerpts) == maxExcerpts {
			continue
		}
		if e := p.excerpt(d); !shown[e.Digest] {
			shown[e.Digest] = true
			proof.Excerpts = append(proof.Excerpts, e)
		}
	}
	if len(proof.Excerpts) == 0 {
		proof.Withheld = "The result names no document: it rests on what was listed, or on what could not be seen."
	}
	return proof, nil
}

// excerpt is the part of a document that a detail speaks of: of the subject's own where
// it is cited, else of the first that is. What cannot be shown is said in its place.
func (p *prover) excerpt(d engine.Detail) Excerpt {
	var shown Excerpt
	for n, digest := range first(d.Cites, maxCites) {
		e, own := Excerpt{Name: "a document", Digest: digest}, false
		body, err := p.body(digest)
		if err != nil {
			e.Text = "The document " + err.Error() + "."
		} else if e.Name, own = named(body, d.Subject); own {
			e.Field = d.Field
		}
		if err == nil {
			e.Text = safe(around(body, e.Field))
		}
		if own || n == 0 {
			shown = e
		}
		if own {
			break
		}
	}
	return shown
}

// body reads a document; the error says why it is not there.
func (p *prover) body(digest engine.Digest) ([]byte, error) {
	if t, gone := p.dossier.Assessment.History().Tombstone(digest); gone {
		return nil, fmt.Errorf("was %s", t)
	}
	body, err := p.documents(digest)
	if err == nil && engine.Sum(body) != digest {
		err = errors.New("it was changed")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	return body, nil
}

// named is what a document calls itself, and whether it is the subject's own.
func named(body []byte, subject engine.Ref) (name string, own bool) {
	var object struct {
		Kind     string
		Metadata struct{ Name, Namespace string }
	}
	switch err := json.Unmarshal(body, &object); {
	case err != nil:
		return "a document", false
	case object.Kind == "": // of another tool, which has no such names
		return subject.String(), true
	}
	name = engine.Ref{Kind: object.Kind, Namespace: object.Metadata.Namespace, Name: object.Metadata.Name}.String()
	return name, object.Kind == subject.Kind && object.Metadata.Name == subject.Name && object.Metadata.Namespace == subject.Namespace
}

// around lays a document out and returns the lines around a field, or its beginning.
func around(body []byte, field string) string {
	outline, err := engine.Outline(body)
	if err != nil {
		return beginning(string(body))
	}
	at, exact := engine.FieldLine(outline, field)
	from := max(at-linesBefore, 0)
	to := min(from+maxExcerptLines, len(outline))
	var lines []string
	if from > 0 {
		lines = append(lines, fmt.Sprintf("  … %s above", count(from, "line", "lines")))
	}
	for i, l := range outline[from:to] {
		mark := "  "
		if exact && from+i == at {
			mark = "> "
		}
		lines = append(lines, mark+strings.Repeat("  ", l.Depth)+shortened(l.Text))
	}
	if more := len(outline) - to; more > 0 {
		lines = append(lines, fmt.Sprintf("  … %s below", count(more, "line", "lines")))
	}
	return strings.Join(lines, "\n")
}

// beginning are the first lines of a text.
func beginning(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	more := len(lines) - maxExcerptLines
	lines = lines[:min(len(lines), maxExcerptLines)]
	for i, l := range lines {
		lines[i] = shortened(l)
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("… %s below", count(more, "line", "lines")))
	}
	return strings.Join(lines, "\n")
}

// shortened is a line of a document, as far as an excerpt prints it.
func shortened(line string) string {
	r := []rune(line)
	if len(r) <= maxExcerptLine {
		return line
	}
	return fmt.Sprintf("%s… (%d more characters)", string(r[:maxExcerptLine]), len(r)-maxExcerptLine)
}

// safe is an excerpt, or words in its place where something in it looks like a card
// number: whatever the redaction missed is not printed.
func safe(text string) string {
	if questionnaires.CheckText("excerpt", Clean(text), 1<<20) != nil {
		return "Not printed: something in it looks like a card number."
	}
	return text
}

// file is the beginning of a file that is text, if the search of it found nothing and no other
// tool wrote it.
func (p *prover) file(i Item) (Proof, error) {
	imported, err := p.imported()
	if err != nil {
		return Proof{}, err
	}
	if imported[i.File.Digest] {
		return Proof{Withheld: foreignWords + " What was read out of it is among the evidence."}, nil
	}
	return p.beginning(i), nil
}

const foreignWords = "Not printed: another tool wrote it, and what it found may be a secret itself."

func (p *prover) beginning(i Item) Proof {
	switch searched := i.SearchState() == questionnaires.Searched && len(i.File.Search.Hits) == 0; {
	case !searched:
		return Proof{Withheld: "Not printed: " + i.SearchWords() + "."}
	case i.File.Size > maxExcerptFile:
		return Proof{Withheld: fmt.Sprintf("Not printed: it has %d bytes, and of no more than %d a beginning is shown.", i.File.Size, maxExcerptFile)}
	}
	body, err := p.documents(i.File.Digest)
	switch {
	case err != nil:
		return Proof{Withheld: "It cannot be read: " + err.Error()}
	case engine.Sum(body) != i.File.Digest:
		return Proof{Withheld: "It was changed: its digest is another."}
	case !utf8.Valid(body) || slices.Contains(body, 0):
		return Proof{Withheld: "Not printed: it is no text."}
	case len(strings.TrimSpace(string(body))) == 0:
		return Proof{Withheld: "It is empty."}
	case p.foreign == nil || p.foreign(body):
		return Proof{Withheld: foreignWords}
	}
	if begin := beginning(string(body)); safe(begin) != begin {
		return Proof{Excerpts: []Excerpt{{Name: i.File.Name, Digest: i.File.Digest, Text: safe(begin)}}}
	}
	text, whole := questionnaires.WithoutSecrets(string(body))
	if !whole {
		return Proof{Withheld: "Not printed: something in it looks like a secret."}
	}
	return Proof{Excerpts: []Excerpt{{Name: i.File.Name, Digest: i.File.Digest, Text: safe(beginning(text))}}}
}
