package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"tickmark/engine"
)

// ListedPopulation is a list that samples are drawn from: the objects of a snapshot, or an
// inventory that somebody brought. It is the payload of an entry of one assessment. The
// list itself stands in what it was read from; its digest and count are here. One that
// is listed under the same id again takes the place of the one before.
type ListedPopulation struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`         // by which people tell it from others
	Of   string `json:"of,omitempty"` // what kind of things it lists
	// Objects and Inventory are where the list comes from, one of the two.
	Objects   *ListedObjects `json:"objects,omitempty"`
	Inventory *Inventory     `json:"inventory,omitempty"`
	Query     string         `json:"query,omitempty"` // what was asked for the list
	Count     int            `json:"count"`
	List      engine.Digest  `json:"list"` // see PopulationList
	// Unseen says why there may be more than is listed: none where the listing came to
	// its end and nothing hides an item. Nobody knows it of an inventory by itself.
	Unseen []string `json:"unseen,omitempty"`
	// Assurance is how a person made sure that the list is whole all the same.
	Assurance string `json:"assurance,omitempty"`
	Withdrawn bool   `json:"withdrawn,omitempty"`
	// What follows is not part of the payload.
	Standing `json:"-"`
}

// ListedObjects are those of a snapshot that a selection means.
type ListedObjects struct {
	Snapshot  engine.Digest    `json:"snapshot"`
	Target    string           `json:"target"` // id
	Name      string           `json:"name"`   // of the target
	Selection engine.Selection `json:"selection"`
}

// Inventory is a file of evidence that lists something.
type Inventory struct {
	Evidence ID              `json:"evidence"`
	Format   InventoryFormat `json:"format"`
	Column   string          `json:"column,omitempty"` // that names an item; "" where each line is one
}

// InventoryFormat is how an inventory lists its items.
type InventoryFormat int

// The formats.
const (
	TextInventory   InventoryFormat = iota // an item a line
	TableInventory                         // comma, semicolon or tab between columns, the first line names them
	ObjectInventory                        // a JSON object a line
)

var inventoryFormats = [...]string{"text", "table", "objects"}

// String returns the format's text.
func (f InventoryFormat) String() string { return textOf(inventoryFormats[:], int(f)) }

// MarshalText writes what String returns.
func (f InventoryFormat) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (f *InventoryFormat) UnmarshalText(b []byte) error {
	i, err := indexOf("format of an inventory", inventoryFormats[:], string(b))
	*f = InventoryFormat(i)
	return err
}

// FormatOfInventory tells the format by the file's name.
func FormatOfInventory(name string) InventoryFormat {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv":
		return TableInventory
	case ".json", ".jsonl", ".ndjson":
		return ObjectInventory
	}
	return TextInventory
}

// Whole reports whether nothing is missing in the list, as far as was seen or somebody
// made sure.
func (p ListedPopulation) Whole() bool { return len(p.Unseen) == 0 || !blank(p.Assurance) }

// unsureInventory is what is not known of every inventory.
const unsureInventory = "an inventory does not show by itself that it is whole"

// RecordPopulation returns the draft that records a population of the assessment, or
// another listing of one. An inventory's evidence may be taken in by the same save.
func (a *Assessment) RecordPopulation(p ListedPopulation) (Draft, error) {
	fail := func(err error) (Draft, error) {
		return Draft{}, fmt.Errorf("record population %.60q: %w", p.Name, err)
	}
	if p.Inventory != nil {
		p.Unseen = []string{unsureInventory}
	}
	b := &bounds{err: a.Frozen()}
	p.check(b)
	if b.err != nil {
		return fail(b.err)
	}
	if broken := p.broken(); broken != "" {
		return fail(errors.New(broken))
	}
	if !p.Withdrawn {
		if err := a.CheckInventory(p); err != nil {
			return fail(err)
		}
	}
	for _, o := range a.Populations() {
		switch {
		case !o.Withdrawn && !p.Withdrawn && o.ID != p.ID && strings.EqualFold(o.Name, p.Name):
			return fail(errors.New("another population has this name"))
		case o.ID == p.ID && o.Beside == 0 && sameContent(o, p):
			return fail(ErrUnchanged)
		}
	}
	return Draft{Assessment: a.Details.ID, Action: PopulationListed, Subject: "population " + string(p.ID), Payload: p}, nil
}

func (p ListedPopulation) check(b *bounds) {
	b.line("name of a population", p.Name)
	b.line("what a population lists", p.Of)
	b.text("query of a population", p.Query)
	b.text("assurance of a population", p.Assurance)
	b.list("reasons", len(p.Unseen))
	for _, why := range p.Unseen {
		b.text("what was not seen", why)
	}
	if p.Inventory != nil {
		b.line("column", p.Inventory.Column)
	}
	if o := p.Objects; o != nil {
		for _, text := range []string{o.Name, o.Target, o.Selection.Kind.String(), o.Selection.Namespace} {
			b.line("where a population is from", text)
		}
		b.list("labels", len(o.Selection.Labels))
		for name, value := range o.Selection.Labels {
			b.line("label", name+"="+value)
		}
	}
}

// broken names the rule that a population breaks, "" if none.
func (p ListedPopulation) broken() string {
	switch {
	case p.ID == "":
		return "it has no id"
	case blank(p.Name):
		return "it has no name"
	case (p.Objects == nil) == (p.Inventory == nil):
		return "it is listed from a snapshot or from an inventory, one of the two"
	case p.Count < 1 || p.Count > maxPopulation:
		return fmt.Sprintf("%d items: a population has 1 to %d", p.Count, maxPopulation)
	case p.List.IsZero():
		return "its list has no digest"
	case p.Inventory != nil && len(p.Unseen) == 0:
		return unsureInventory
	}
	return ""
}

// Populations returns the populations of the assessment that stand, by name and id,
// withdrawn ones included.
func (a *Assessment) Populations() []ListedPopulation { return a.scope.sampled.populations }

// Population returns a population that stands by its id.
func (a *Assessment) Population(id ID) (ListedPopulation, bool) {
	i := slices.IndexFunc(a.Populations(), func(p ListedPopulation) bool { return p.ID == id })
	if i < 0 {
		return ListedPopulation{}, false
	}
	return a.Populations()[i], true
}

// PopulationNamed returns the population that a name, or the beginning of an id, means.
func (a *Assessment) PopulationNamed(name string) (ListedPopulation, error) {
	var found []ListedPopulation
	for _, p := range a.Populations() {
		if !p.Withdrawn && (strings.EqualFold(p.Name, name) || len(name) >= 4 && strings.HasPrefix(string(p.ID), name)) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return ListedPopulation{}, fmt.Errorf("find population %.60q: none has this name (see `tickmark sample VAULT list`)", name)
	}
	return ListedPopulation{}, fmt.Errorf("find population %.60q: %d have this name; name one by its id", name, len(found))
}

// PopulationSource says where a population is listed.
func (a *Assessment) PopulationSource(p ListedPopulation) string {
	switch {
	case p.Objects != nil:
		return fmt.Sprintf("%s of %s", p.Objects.Selection, p.Objects.Name)
	case p.Inventory == nil:
		return ""
	}
	item, known := a.Evidence(p.Inventory.Evidence)
	if !known || item.File == nil {
		return "evidence that is not in the vault"
	}
	text := item.Label() + " " + item.File.Name
	if p.Inventory.Column != "" {
		text += ", column " + p.Inventory.Column
	}
	if item.Expunged != nil {
		text += ", expunged"
	}
	return text
}

// populationProblems are those of populations that a sample stands for.
func (a *Assessment) populationProblems(used map[ID]bool, add adding) {
	for _, p := range a.Populations() {
		if p.Withdrawn || !used[p.ID] {
			continue
		}
		if p.Beside > 0 {
			add(InConflict, "population %s was listed %d times side by side; it has to be listed again", p.Name, p.Beside)
		}
		if rule := p.broken(); rule != "" {
			add(SampleBroken, "population %s: %s", p.Name, rule)
		}
		if !p.Whole() {
			add(PopulationIncomplete, "population %s may lack items: %s; nobody said how it was made sure that the list is whole", p.Name, strings.Join(p.Unseen, "; "))
		}
		if p.Inventory != nil {
			a.reviewInventory(p, add)
		}
	}
}

// reviewInventory: the file that lists the items is there.
func (a *Assessment) reviewInventory(p ListedPopulation, add adding) {
	switch item, known := a.Evidence(p.Inventory.Evidence); {
	case !known:
		add(CitesUnknown, "population %s is listed in evidence that is not in the vault", p.Name)
	case item.gone():
		add(CitesExpunged, "population %s is listed in %s, which was %s", p.Name, item.Label(), item.Expunged)
	case a.history.Verify(item.Entry) != nil:
		add(NotVerified, "population %s is listed in %s, which somebody who is no enrolled author brought", p.Name, item.Label())
	case item.Quarantined():
		add(QuarantinedEvidence, "population %s is listed in %s, which %s", p.Name, item.Label(), strings.TrimPrefix(quarantinedWords(item), item.Label()+" "))
	}
}

// CheckInventory refuses a population that is listed in a file on which somebody has to
// decide first: nobody rests on it, and what is drawn from it would repeat what it holds.
func (a *Assessment) CheckInventory(p ListedPopulation) error {
	if p.Inventory == nil {
		return nil
	}
	if item, known := a.Evidence(p.Inventory.Evidence); known && item.Quarantined() {
		return errors.New(quarantinedWords(item))
	}
	return nil
}

func comparePopulations(x, y ListedPopulation) int {
	return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID))
}
