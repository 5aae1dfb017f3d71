package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// binder shows the items in full, one after the other: where each comes from, its days
// apart, what it is of, what it says and what was read out of it, how to see it again,
// and who looked at it.
func (c *composer) binder() []Block {
	proven := 0
	for _, item := range c.Items {
		if item.Proof != nil {
			proven++
		}
	}
	text := "Each item as it is kept, with the words of the documents themselves. Secrets and card numbers were taken out where they were collected; a mark (>) stands before the field that a check speaks of."
	if left := len(c.Items) - proven; left > 0 {
		text += fmt.Sprintf(" Of %d items %d are printed in full: what answers cite first, then what failed or stayed unknown. The other %d stand in the index with their digests, and in the vault.", len(c.Items), proven, left)
	}
	blocks := []Block{Heading{Level: 1, Text: "The evidence in full", Anchor: "items"}, Paragraph{Text: text}}
	if proven == 0 {
		return append(blocks, Paragraph{Text: "There is no evidence in the vault."})
	}
	b := binder{composer: c, cited: citing(c.Assessment), received: map[questionnaires.ID][]questionnaires.Request{}}
	for _, r := range c.Assessment.Requests() {
		for _, id := range r.Evidence {
			b.received[id] = append(b.received[id], r)
		}
	}
	for _, item := range c.Items {
		if item.Proof != nil {
			blocks = append(blocks, b.item(item)...)
		}
	}
	return blocks
}

// binder holds what its items need of the whole assessment.
type binder struct {
	*composer
	cited    map[questionnaires.ID][]questionnaires.RequirementID
	received map[questionnaires.ID][]questionnaires.Request
}

func (b *binder) item(i Item) []Block {
	rows := slices.Concat(b.provenance(i), b.days(i), b.extent(i), b.reading(i), b.looked(i))
	blocks := []Block{
		Heading{Level: 3, Text: i.Label() + ": " + i.name(), Anchor: itemAnchor(i.ID)},
		Facts{Rows: facts(rows...)},
	}
	details := slices.Concat(first(i.Details, maxFailing), i.Proof.Passing)
	if len(details) > 0 {
		shown := b.detailRows(i, details, len(details))
		if more := len(i.Details) - maxFailing; more > 0 {
			shown = append(shown, Row{Cells: []Cell{{Text: fmt.Sprintf("… and %d more", more)}, {}, {Text: "that failed or stayed unknown"}, {}}})
		}
		if more := i.Result.Passed - len(i.Proof.Passing); more > 0 {
			shown = append(shown, Row{Cells: []Cell{{Text: fmt.Sprintf("… and %d more", more)}, {}, {Text: "that passed"}, {}}})
		}
		blocks = append(blocks, Table{Columns: detailColumns(), Rows: shown})
	}
	for _, e := range i.Proof.Excerpts {
		title := Line(e.Name)
		if e.Field != "" {
			title += ", " + Line(e.Field)
		}
		blocks = append(blocks, Table{
			Columns: []Column{{"Excerpt of " + excerpt(title, maxExcerptLine), 1, Mono}},
			Rows:    []Row{{Cells: []Cell{{Text: e.Text, Note: "Document (SHA-256) " + e.Digest.String()}}}},
		})
	}
	if w := i.Proof.Withheld; w != "" {
		blocks = append(blocks, Paragraph{Text: "Excerpt: " + w, Quiet: true})
	}
	return blocks
}

func first[T any](all []T, n int) []T { return all[:min(len(all), n)] }

// provenance is where the item comes from and how it got here.
func (b *binder) provenance(i Item) []Fact {
	rows := []Fact{{"SHA-256", i.Digest().String()}, {"Kept by", author(i.Author)}}
	switch {
	case i.Result != nil:
		r, seen := i.Result, i.Seen
		rows = append(
			rows, Fact{"System", strings.TrimSpace(fmt.Sprintf("%s (%s) %s", cmp.Or(r.Name, r.Target), r.Target, seen.Target.ServerVersion))},
			Fact{"Read as", identity(seen.Collector)}, Fact{"With", strings.TrimSpace(seen.Tool.Name + " " + seen.Tool.Version)},
			Fact{"Snapshot (SHA-256)", r.Snapshot.String()}, Fact{"Run (SHA-256)", r.Run.String()},
		)
	case i.File != nil:
		rows = append(rows, Fact{"File", fmt.Sprintf("%s, %d bytes", i.File.Name, i.File.Size)}, Fact{"Kind", i.Kind.Noun()}, Fact{"Obtained", string(i.File.Obtained)}, Fact{"Searched", i.SearchWords()})
		if o := i.Original; o != nil {
			rows = append(rows, Fact{"In place of", fmt.Sprintf("%s, SHA-256 %s", o.Name, o.Digest)})
		}
	}
	return rows
}

// days are those of the item, each by its name, and until when it counts.
func (b *binder) days(i Item) []Fact {
	d := i.Evidence.Details
	rows := []Fact{{"Collected", minute(i.Collected)}}
	if i.Result != nil && !i.Seen.Started.IsZero() {
		rows[0].Value = minute(i.Seen.Started) + " to " + minute(i.Seen.Ended) + savedAt(i.Seen.Saved)
	}
	rows = append(rows, Fact{"Effective", d.Period()}, Fact{"Received", string(d.Received)}, Fact{"Valid until", string(d.ValidUntil)})
	f := b.Assessment.Freshness(i.Evidence, questionnaires.DayOf(b.Date))
	counts := "without end"
	switch {
	case i.Expunged != nil:
		return append(rows, Fact{"Counts", "for nothing any more: it was expunged"})
	case f.Until != "":
		counts = "until " + string(f.Until)
	}
	if said := f.String(); said != "" {
		counts += ", " + said
	}
	return append(rows, Fact{"Counts", counts})
}

// extent is of how many things it speaks, and which of them.
func (b *binder) extent(i Item) []Fact {
	var said []string
	for _, p := range i.Proof.Populations {
		complete := "listed to the end"
		if !p.Complete {
			complete = "NOT listed to the end"
		}
		said = append(said, fmt.Sprintf("%s: %s, %s", p.Query, count(p.Count, p.Kind.Kind, p.Kind.Kind+" objects"), complete))
	}
	rows := []Fact{{"Population", strings.Join(said, "\n")}}
	if len(said) > 0 {
		rows = append(rows, Fact{"Sample", "none was drawn: every object that was listed was looked at"})
	}
	samples := b.Assessment.Samples()
	if at := slices.IndexFunc(samples, func(s questionnaires.Sample) bool { return s.ID == i.Evidence.Details.Sample }); i.Evidence.Details.Sample != "" && at >= 0 {
		s := samples[at]
		rows = append(rows, Fact{"Population", some(s.Count, strings.TrimSpace(s.Type+" in all"))}, Fact{"Sample", brief(fmt.Sprintf("%s: %s; %s", s.Label(), itemsOf(s), s.How()))})
	}
	return rows
}

// reading is how the item was interpreted: by which check with which outcome, or what a
// person says that it shows.
func (b *binder) reading(i Item) []Fact {
	d := i.Evidence.Details
	if i.Result == nil {
		return []Fact{{"Purpose", d.Purpose}, {"Version", d.Version}, {"Last revision", string(d.Revised)}, {"Topics", strings.Join(d.Topics, "; ")}, {"Roles", strings.Join(d.Roles, "; ")}, b.again(i)}
	}
	r := i.Result
	check := fmt.Sprintf("%s version %d", r.Check, r.Version)
	if r.Custom != nil {
		check += ", a policy of the organisation's own, text " + r.Custom.Definition.String()
	}
	verdict := verdictPill(r.Verdict).Text
	if i.Replaced {
		verdict += " (a newer result exists)"
	}
	return []Fact{
		{"Check", check},
		{"Verdict", fmt.Sprintf("%s: %d pass, %d fail, %d unknown, %d not applicable", verdict, r.Passed, r.Failed, r.Unknown, r.Others)},
		b.again(i),
	}
}

// again is how to see it once more: at the system for the first subject, and as it is
// kept.
func (b *binder) again(i Item) Fact {
	var subject engine.Ref
	if details := slices.Concat(i.Details, i.Proof.Passing); len(details) > 0 {
		subject = details[0].Subject
	}
	kept := i.Again("NAME.vault", engine.Ref{})
	if live := i.Again("NAME.vault", subject); live != kept {
		return Fact{"See it again", live + "\n" + kept}
	}
	return Fact{"See it again", kept}
}

// maxReviews is how many sections an item names that it was reviewed in.
const maxReviews = 4

// looked says which answers rest on it, for which requests it came, and who reviewed the
// list of evidence and the sections in which it is cited.
func (b *binder) looked(i Item) []Fact {
	cited := b.cited[i.ID]
	var came, reviewed []string
	for _, r := range first(b.received[i.ID], maxReceived) {
		came = append(came, r.Label()+", "+r.State.String())
	}
	sections := []questionnaires.Section{questionnaires.EvidenceSection}
	for _, id := range cited {
		if s := questionnaires.SectionOf(id); !slices.Contains(sections, s) {
			sections = append(sections, s)
		}
	}
	for _, s := range b.Edition.Sections {
		if slices.Contains(first(sections, maxReviews), s.Section) {
			reviewed = append(reviewed, fmt.Sprintf("%s: lead review: %s; QA: %s", s.Title, reviewCell(s.Lead).Text, reviewCell(s.QA).Text))
		}
	}
	return []Fact{
		{"Requests", strings.Join(came, "; ")},
		{"Cited by", cmp.Or(idList(cited), "no answer")},
		{"Reviewed", strings.Join(reviewed, "\n")},
	}
}

// itemAnchor is where an item stands in full.
func itemAnchor(id questionnaires.ID) string { return "item-" + string(id) }
