package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Limits of what is printed of one result and one collection. The number of what is
// left out is printed, with the command that shows it.
const (
	maxDetails = 60
	maxGaps    = 300
	maxStale   = 100
)

// sight says per target what was seen, what was not, and which checks stayed
// unknown because of it.
func (c *composer) sight() []Block {
	blocks := []Block{
		Heading{Level: 1, Text: "What could not be seen", Anchor: "gaps"},
		Paragraph{Text: "Whatever a collection could not read is a gap. A check that needs it is unknown, whatever the rest of its evidence says."},
	}
	if len(c.Targets) == 0 {
		return append(blocks, Paragraph{Text: "Nothing was collected from any system."})
	}
	for _, t := range c.Targets {
		blocks = append(blocks, c.sightOf(t)...)
	}
	return blocks
}

// savedAt says of a dump how old it is.
func savedAt(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return ", from files saved at " + minute(at)
}

func (c *composer) sightOf(t Target) []Block {
	name := cmp.Or(t.Name, t.ID)
	blocks := []Block{
		Heading{Level: 2, Text: name},
		Facts{Rows: []Fact{
			{"Target", t.ID + provisional(t.Target)},
			{"Version", cmp.Or(t.ServerVersion, "not stated")},
			{"Collected", minute(t.Seen.Started) + " to " + minute(t.Seen.Ended) + savedAt(t.Seen.Saved)},
			{"As", identity(t.Seen.Collector)},
			{"With", t.Seen.Tool.Name + " " + t.Seen.Tool.Version},
			{"Objects seen", fmt.Sprint(t.Seen.Objects)},
			{"Populations", populations(t.Populations)},
			{"Redacted", redacted(t.Redacted)},
			{"Snapshot (SHA-256)", t.Seen.Snapshot.String()},
		}},
	}
	if len(t.Asked) > 0 {
		facts := blocks[1].(Facts)
		facts.Rows = append(facts.Rows, Fact{"Asked for", fmt.Sprintf("only the %d kinds that the chosen checks read; nothing is said of others", len(t.Asked))})
		blocks[1] = facts
	}
	rows := make([]Row, 0, len(t.Gaps))
	for i, g := range t.Gaps {
		if i == maxGaps {
			rows = append(rows, Row{Cells: []Cell{{Text: fmt.Sprintf("… and %d more", len(t.Gaps)-i)}, {}, {Text: "All of them are in the vault's snapshot named above."}}})
			break
		}
		rows = append(rows, Row{Cells: []Cell{{Text: hidden(g)}, {Pill: Pill{g.Reason.String(), Warn}}, {Text: g.Cause, Note: gapSource(g)}}})
	}
	unknown := c.unknownOf(t.ID)
	blocks = append(
		blocks, Heading{Level: 3, Text: "Gaps"},
		Table{
			Columns: []Column{{"What was not seen", 52, Plain}, {"Reason", 30, Plain}, {"Cause", 88, Plain}}, Rows: rows,
			Empty: "Everything that was asked for was seen.",
		},
		Heading{Level: 3, Text: "Checks that stayed unknown"},
		Table{
			Columns: []Column{{"Evidence", 26, Mono}, {"Check", 58, Plain}, {"Why it is unknown", 86, Plain}}, Rows: unknown,
			Empty: "No check stayed unknown.",
		},
	)
	return blocks
}

// unknownOf lists the current results over a target with an unknown detail.
func (c *composer) unknownOf(target string) []Row {
	var rows []Row
	for _, item := range c.Items {
		if item.Result == nil || item.Result.Target != target || item.Replaced || item.Result.Unknown == 0 && item.Result.Verdict != engine.Unknown {
			continue
		}
		why, told := whyUnknown(item.Details)
		note := ""
		if more := item.Result.Unknown - told; more > 0 {
			note = fmt.Sprintf("and %d more", more)
		}
		rows = append(rows, Row{Cells: []Cell{
			{Links: []Link{{item.Label(), evidenceAnchor(item.ID)}}},
			{Title: item.Title, Note: item.Result.Check},
			{Text: cmp.Or(strings.Join(why, "\n"), "No subject was found where its population is not complete."), Note: note},
		}})
	}
	return rows
}

// whyUnknown says what could not be told, each sentence once with whom it is said of, and
// of how many details that tells.
func whyUnknown(details []engine.Detail) (why []string, told int) {
	const most, named = 5, 3
	var sentences []string
	of := map[string][]string{}
	for _, d := range details {
		if d.Verdict != engine.Unknown {
			continue
		}
		if _, known := of[d.Sentence]; !known {
			if len(sentences) == most {
				continue
			}
			sentences = append(sentences, d.Sentence)
		}
		told++
		subject := ""
		if d.Subject.Name != "" {
			subject = d.Subject.String()
		}
		if subjects := of[d.Sentence]; subjects == nil || subject != "" && !slices.Contains(subjects, subject) {
			of[d.Sentence] = append(subjects, subject)
		}
	}
	for _, sentence := range sentences {
		subjects := slices.DeleteFunc(of[sentence], func(s string) bool { return s == "" })
		whom := strings.Join(subjects[:min(len(subjects), named)], ", ")
		if more := len(subjects) - named; more > 0 {
			whom += fmt.Sprintf(" and %d more", more)
		}
		if whom != "" {
			sentence = whom + ": " + sentence
		}
		why = append(why, sentence)
	}
	return why, told
}

// populations says how many objects of each kind there are, and where the number is
// not the whole; of what there is none, the kinds stand together.
func populations(all []engine.Population) string {
	parts, none := make([]string, 0, len(all)), []string{}
	for _, p := range all {
		switch {
		case !p.Complete:
			parts = append(parts, fmt.Sprintf("%d %s (not listed to the end)", p.Count, p.Kind))
		case p.Count == 0:
			none = append(none, p.Kind.String())
		default:
			parts = append(parts, fmt.Sprintf("%d %s", p.Count, p.Kind))
		}
	}
	text := strings.Join(parts, ", ")
	if len(none) > 0 {
		text = strings.TrimSpace(text + "\nnone of " + strings.Join(none, ", "))
	}
	return cmp.Or(text, "none listed")
}

func provisional(t engine.Target) string {
	if t.Provisional {
		return " (provisional: its permanent id could not be read)"
	}
	return ""
}

func identity(i engine.Identity) string {
	if i.Name == "" {
		return "nobody: files were read"
	}
	return i.Name
}

func redacted(kinds map[string]int) string {
	var parts []string
	for _, k := range sortedKeys(kinds) {
		parts = append(parts, fmt.Sprintf("%d %s", kinds[k], k))
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing had to be")
}

// hidden is what a gap hides.
func hidden(g engine.Gap) string {
	what := "anything"
	if !g.Kind.IsZero() {
		what = g.Kind.String()
	}
	switch {
	case g.Name != "" && g.Namespace != "":
		return what + " " + g.Namespace + "/" + g.Name
	case g.Name != "":
		return what + " " + g.Name
	case g.Namespace != "":
		return what + " in " + g.Namespace
	}
	return what + ", all"
}

func gapSource(g engine.Gap) string {
	if g.Line > 0 {
		return fmt.Sprintf("%s:%d", g.Source, g.Line)
	}
	return g.Source
}

// evidence lists every item with where it came from and its digest: what was collected,
// and what people brought by its series.
func (c *composer) evidence() []Block {
	blocks := []Block{
		Heading{Level: 1, Text: "Evidence", Anchor: "evidence"},
		Paragraph{Text: "Every item has a number that stays its own, and the SHA-256 of what is kept in the vault. The same list travels inside this file as evidence-manifest.json."},
	}
	if len(c.Items) == 0 {
		return append(blocks, Paragraph{Text: "There is no evidence in the vault."})
	}
	blocks = append(blocks, c.freshness(maxStale)...)
	var results []Row
	for _, item := range c.Items {
		if item.File == nil {
			results = append(results, c.item(item))
		}
	}
	if len(results) > 0 {
		blocks = append(blocks, Heading{Level: 2, Text: "Collected results"}, Table{
			Columns: []Column{{"Number", 23, Strong}, {"Item", 71, Plain}, {"Verdict", 25, Plain}, {"Collected", 24, Plain}, {"SHA-256", 27, Mono}}, Rows: results,
		})
	}
	return append(blocks, c.papers()...)
}

func (c *composer) item(i Item) Row {
	verdict := i.verdict()
	for _, a := range questionnaires.AcceptancesOf(i.Result, c.Risks.Acceptances) {
		verdict.Links = append(verdict.Links, Link{strings.ToLower(c.acceptanceState(a).Text), acceptanceAnchor(a)})
	}
	return Row{Anchor: evidenceAnchor(i.ID), Cells: []Cell{i.number(), i.what(), verdict, c.when(i), {Text: fourLines(i.Digest().String())}}}
}

// number is what an item is called, and what it was once called.
func (i Item) number() Cell {
	number := Cell{Text: i.Label()}
	if aliases := i.AliasLabels(); len(aliases) > 0 {
		number.Note = "was " + strings.Join(aliases, ", ")
	}
	if i.Proof != nil {
		number.Links = []Link{{"in full", itemAnchor(i.ID)}}
	}
	return number
}

func (i Item) what() Cell {
	cell := Cell{Title: i.Title}
	if r := i.Result; r != nil {
		cell.Text = fmt.Sprintf("%s: %d pass, %d fail, %d unknown, %d not applicable", cmp.Or(r.Name, r.Target), r.Passed, r.Failed, r.Unknown, r.Others)
		cell.Note = fmt.Sprintf("%s version %d, read as %s with %s %s", r.Check, r.Version, identity(i.Seen.Collector), i.Seen.Tool.Name, i.Seen.Tool.Version)
		if r.Custom != nil {
			cell.Note += " · a policy of the organisation's own, text " + r.Custom.Definition.String()
		}
	}
	if i.Replaced {
		cell.Note += " · a newer result exists"
	}
	if i.Expunged != nil {
		cell.Note = "What it held was " + i.Expunged.String()
	}
	return cell
}

// verdict is that of a result, and says where the proof is gone.
func (i Item) verdict() Cell {
	switch {
	case i.Result == nil:
		return Cell{}
	case i.Expunged != nil:
		return Cell{Pill: verdictPill(i.Result.Verdict), Note: "expunged"}
	}
	return Cell{Pill: verdictPill(i.Result.Verdict)}
}

// when is when an item was collected, marked where that is too long ago.
func (c *composer) when(i Item) Cell {
	cell := Cell{Text: minute(i.Collected), Note: "kept by " + cmp.Or(Line(i.Author.Name), i.Author.ID.Short())}
	if c.isStale(i.Evidence) {
		cell.Pill = Pill{"Stale", Warn}
	}
	return cell
}

// isStale reports whether an item is too old to count on the day of the report.
func (c *composer) isStale(item questionnaires.Evidence) bool {
	return c.Assessment.Freshness(item, questionnaires.DayOf(c.Date)).State == questionnaires.Stale
}

// details shows what failed or stayed unknown, subject by subject.
func (c *composer) details() []Block {
	blocks := []Block{
		Heading{Level: 1, Text: "Evaluation details", Anchor: "details"},
		Paragraph{Text: "What the checks found, for everything that failed or stayed unknown: the subject, what is said of it, and the field and value that it rests on."},
	}
	found := false
	for _, item := range c.Items {
		if len(item.Details) == 0 {
			continue
		}
		found = true
		blocks = append(
			blocks, Heading{Level: 3, Text: fmt.Sprintf("%s: %s (%s)", item.Label(), item.Title, cmp.Or(item.Result.Name, item.Result.Target))},
			Table{Columns: detailColumns(), Rows: c.detailRows(item, item.Details, maxDetails)},
		)
	}
	if !found {
		blocks = append(blocks, Paragraph{Text: "No check failed or stayed unknown."})
	}
	return blocks
}

func detailColumns() []Column {
	return []Column{{"Subject", 46, Plain}, {"Verdict", 24, Plain}, {"What was found", 52, Plain}, {"Field and value", 48, Mono}}
}

func (c *composer) detailRows(i Item, details []engine.Detail, most int) []Row {
	rows := make([]Row, 0, min(len(details), most)+1)
	for n, d := range details {
		if n == most {
			rows = append(rows, Row{Cells: []Cell{
				{Text: fmt.Sprintf("… and %d more", len(details)-n)},
				{},
				{Text: fmt.Sprintf("All of them: tickmark evidence VAULT show %s", i.Label())},
			}})
			break
		}
		subject := d.Subject.String()
		if d.Container != "" {
			subject += ", container " + d.Container
		}
		field := d.Field
		if len(d.Value) > 0 {
			field = strings.TrimSpace(field + "\n= " + excerpt(string(d.Value), 400))
		}
		rows = append(rows, Row{Cells: []Cell{{Text: subject}, {Pill: verdictPill(d.Verdict)}, {Text: d.Sentence, Facts: c.acceptedDetail(i, d)}, {Text: cmp.Or(field, "none"), Note: c.gone(d)}}})
	}
	return rows
}

// gone names the documents that a detail rests on and that were expunged.
func (c *composer) gone(d engine.Detail) string {
	var notes []string
	for _, digest := range d.Cites {
		if t, gone := c.Assessment.History().Tombstone(digest); gone {
			notes = append(notes, fmt.Sprintf("Document %s was %s", digest.Short(), t))
		}
	}
	return strings.Join(notes, "\n")
}

// excerpt is the beginning of s, and how much is left out.
func excerpt(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return fmt.Sprintf("%s… (%d more characters in the vault)", string(r[:n]), len(r)-n)
}

func twoLines(digest string) string {
	if len(digest) < 2 {
		return "none"
	}
	return digest[:len(digest)/2] + "\n" + digest[len(digest)/2:]
}

// fourLines is a digest in a narrow column, sixteen digits to a line.
func fourLines(digest string) string {
	if len(digest) != 64 {
		return twoLines(digest)
	}
	return strings.Join([]string{digest[:16], digest[16:32], digest[32:48], digest[48:]}, "\n")
}
