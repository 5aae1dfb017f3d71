package screen

import (
	"context"
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// decision is what a person decides on what was found in a file.
type decision struct {
	way, path, original, reason string
}

// The ways to decide, and what may become of the file where a copy takes its place.
const (
	redactedCopy = "copy"
	keptAsIs     = "as-is"
	keepOriginal = "keep"
	goesOriginal = "expunge"
)

// itemKeys are what can be done with a file: correct what is said of it, decide on what
// was found in it, take its content out for good.
func (d *Desk) itemKeys(item questionnaires.Evidence) []Binding {
	describe := Binding{Keys: []string{"d"}, Label: "describe", Help: "correct what is said of the file: title, how it was obtained, its days", Do: func() tea.Cmd { return push(describeForm(d, item)) }}
	decide := Binding{Keys: []string{"R"}, Help: "decide on a quarantined file: a redacted copy, or the reason why it is kept", Do: func() tea.Cmd { return push(releaseForm(d, item)) }}
	expunge := Binding{Keys: []string{"X"}, Help: "take the content out for good; a tombstone stays", Do: func() tea.Cmd { return push(expungeForm(d, item)) }}
	confirm := Binding{Keys: []string{"c"}, Help: "confirm the description that is shown, of those that stand side by side", Do: func() tea.Cmd {
		return d.act(item.Label()+" confirmed", nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			now, _ := a.Evidence(item.ID)
			return a.History().Describe(now.Description(), d.Now())
		})
	}}
	why := d.fixed()
	switch {
	case why != "":
	case item.ID == "":
		why = "there is no evidence under the cursor"
	case item.File == nil:
		why = "it is the result of a check, not a file"
	}
	describe.Why, decide.Why, expunge.Why, confirm.Why = why, why, why, why
	if why == "" {
		switch {
		case item.Expunged != nil:
			decide.Why, expunge.Why = "its content was expunged", "its content was expunged"
		case item.Quarantined():
			decide.Label = "decide"
		default:
			decide.Why = "it is not quarantined"
		}
		if confirm.Label = "confirm"; len(item.Beside) == 0 {
			confirm.Label, confirm.Why = "", "no descriptions of it stand side by side"
		}
	}
	return []Binding{describe, decide, confirm, expunge}
}

// releaseForm decides on what was found in a file.
func releaseForm(d *Desk, item questionnaires.Evidence) *Form {
	value := &decision{}
	type x = decision
	ways := []option{
		{value: redactedCopy, text: "a redacted copy takes its place", about: "the number and both digests stay"},
		{value: keptAsIs, text: "it is kept as it is", about: "with the reason, signed"},
	}
	originals := []option{
		{value: goesOriginal, text: "expunge it", about: "a tombstone stays; the vault is written anew with a fresh key"},
		{value: keepOriginal, text: "keep it", about: "in the vault, beside the copy"},
	}
	return heldForm(d, "Decide "+item.Label(), item.Label()+" is "+item.SearchWords()+". Nobody rests on it, and it does not leave, until somebody decides.", value, func(*Picture) []blank[x] {
		blanks := []blank[x]{
			choice("Decision", "What becomes of it.", true, ways, func(x *x) string { return x.way }, func(x *x, text string) error { x.way = text; return nil }),
		}
		if value.way == redactedCopy || value.path != "" {
			blanks = append(
				blanks,
				line("File", "The redacted copy, as a path. It is searched too.", value.way == redactedCopy, func(x *x) *string { return &x.path }),
				choice("Original", "What becomes of the file itself.", value.way == redactedCopy, originals, func(x *x) string { return x.original }, func(x *x, text string) error { x.original = text; return nil }),
			)
		}
		return append(blanks, line("Reason", "Why; it stays, and is signed. Such as: a test number that the brand publishes.", value.way == keptAsIs, func(x *x) *string { return &x.reason }))
	}, sending{form: formKey("Decide", string(item.ID)), label: "decide", help: "decide so", lasts: func() lasting {
		x := *value
		return func(ctx context.Context, tell func(engine.Progress)) (string, error) {
			return d.release(ctx, item, x, tell)
		}
	}})
}

// release signs a decision, and expunges the file itself where that was decided.
func (d *Desk) release(ctx context.Context, item questionnaires.Evidence, x decision, tell func(engine.Progress)) (string, error) {
	r := questionnaires.Release{Evidence: item.ID, Reason: x.reason}
	if x.way != redactedCopy {
		_, err := d.append(func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.History().Release(r) })
		return item.Label() + " is kept as it is", err
	}
	if d.Files.File == nil {
		return "", errors.New("nothing reads files here")
	}
	if x.original != keepOriginal {
		if err := d.picture.Assessment.History().MayReplace(item, x.reason); err != nil {
			return "", err
		}
	}
	if err := d.vault.PutRedacted(ctx, r, d.Files.File(x.path, fileProgress(x.path, tell))); err != nil {
		return "", err
	}
	said := item.Label() + ": the redacted copy took its place"
	if x.original == keepOriginal {
		return said + "; the file itself is kept beside it", nil
	}
	h, err := d.vault.History(ctx)
	if err != nil {
		return "", err
	}
	now, err := h.EvidenceByLabel(item.Label())
	if err != nil {
		return "", err
	}
	draft, err := h.ExpungeOriginal(now, x.reason)
	if err != nil {
		return "", err
	}
	held, err := d.expunge(ctx, draft, tell)
	if err != nil {
		return "", errors.Join(errors.New(said+", and the file itself is still there"), err)
	}
	return said + ", the file itself is gone; " + held, nil
}

// expunging is what a person types to take something out for good.
type expunging struct{ reason, number string }

// expungeForm takes the content of a file out for good.
func expungeForm(d *Desk, item questionnaires.Evidence) *Form {
	value := &expunging{}
	type x = expunging
	text := "Takes the content of " + item.Label() + " out of the vault for good: the vault is written anew with a fresh key. Its number, its digest, who did it, when and why stay, signed; answers that cite it stay too."
	var same []string
	for _, other := range d.picture.Assessment.History().WithContent(item.Digest()) {
		if other.ID != item.ID {
			same = append(same, other.Label())
		}
	}
	if len(same) > 0 {
		text += " The same content goes with it: " + strings.Join(same, ", ") + "."
	}
	return heldForm(d, "Expunge "+item.Label(), text, value, func(*Picture) []blank[x] {
		return []blank[x]{
			line("Reason", "Why, in one line; it stays where the content goes.", true, func(x *x) *string { return &x.reason }),
			line("Number", item.Label()+", to say that you mean it.", true, func(x *x) *string { return &x.number }),
		}
	}, sending{form: formKey("Expunge", string(item.ID)), label: "expunge", help: "take it out for good", lasts: func() lasting {
		x := *value
		return func(ctx context.Context, tell func(engine.Progress)) (string, error) {
			if strings.TrimSpace(x.number) != item.Label() {
				return "", errors.New("something else was typed than " + item.Label() + "; nothing was changed")
			}
			h, err := d.vault.History(ctx)
			if err != nil {
				return "", err
			}
			draft, err := h.Expunge(item, x.reason)
			if err != nil {
				return "", err
			}
			held, err := d.expunge(ctx, draft, tell)
			return item.Label() + " expunged; " + held, err
		}
	}})
}

// expunge takes out what a draft says, and says who holds it still.
func (d *Desk) expunge(ctx context.Context, draft questionnaires.Draft, tell func(engine.Progress)) (string, error) {
	e, err := d.vault.Expunge(ctx, draft, fileProgress("the vault, written anew", tell))
	if err != nil {
		return "", err
	}
	h, err := d.vault.History(context.WithoutCancel(ctx))
	if err != nil {
		return "", err
	}
	stone, _ := draft.Payload.(questionnaires.Tombstone)
	handoffs, err := h.HandoffsHoldingBody(stone.Digest, e.ID)
	if err != nil {
		return "", err
	}
	said := "older copies and backups still hold it"
	if n := len(handoffs); n > 0 {
		said += ", and " + count(n, "copy that was handed off", "copies that were handed off")
	}
	return said, nil
}
