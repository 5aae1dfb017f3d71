package vault

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/inventory"
)

// namespaceColumn is what a sample of objects can be spread over.
const namespaceColumn = "namespace"

// PopulationList reads the list of a population of an assessment again, from the file or
// the snapshot that it was listed from. By names the column that a sample is spread over,
// or none. What is read is held against nothing: who wants to know compares digests.
func (v *Vault) PopulationList(ctx context.Context, a *questionnaires.Assessment, p questionnaires.ListedPopulation, by string) (questionnaires.PopulationList, error) {
	list, err := v.populationList(ctx, a, p, by)
	if err != nil {
		return list, fmt.Errorf("list population %s: %w", p.Name, err)
	}
	return list, nil
}

func (v *Vault) populationList(ctx context.Context, a *questionnaires.Assessment, p questionnaires.ListedPopulation, by string) (questionnaires.PopulationList, error) {
	switch {
	case p.Objects != nil:
		list, err := v.listObjects(ctx, *p.Objects, by)
		return list.PopulationList, err
	case p.Inventory == nil:
		return questionnaires.PopulationList{}, errors.New("it says not where it is from")
	}
	item, known := a.Evidence(p.Inventory.Evidence)
	if !known || item.File == nil {
		return questionnaires.PopulationList{}, errors.New("its inventory is not in the vault")
	}
	if err := a.CheckInventory(p); err != nil {
		return questionnaires.PopulationList{}, err
	}
	r, err := v.OpenEvidence(ctx, item.File.Digest)
	if err != nil {
		return questionnaires.PopulationList{}, err
	}
	defer r.Close()
	return inventory.Read(r, *p.Inventory, by)
}

// objectList is the list of objects that a selection means in a snapshot.
type objectList struct {
	questionnaires.PopulationList
	unseen []string // why there may be others: none where the listing is whole
	query  string   // that listed them
}

// kindsLike names the kinds of a snapshot that somebody may have meant who wrote another:
// those of the same name, or all.
func kindsLike(s engine.Snapshot, wrote engine.Kind) string {
	var all, alike []string
	for _, p := range s.Populations {
		switch {
		case p.Kind == wrote:
			return ""
		case p.Count == 0:
		case strings.EqualFold(p.Kind.Kind, wrote.Kind), strings.EqualFold(p.Kind.Kind+"s", wrote.Kind):
			alike = append(alike, p.Kind.String())
			fallthrough
		default:
			all = append(all, p.Kind.String())
		}
	}
	if len(alike) > 0 {
		all = alike
	}
	if len(all) == 0 {
		return ""
	}
	return "; it has " + strings.Join(all, ", ")
}

func (v *Vault) listObjects(ctx context.Context, o questionnaires.ListedObjects, by string) (list objectList, err error) {
	if by != "" && by != namespaceColumn {
		return list, fmt.Errorf("a sample of objects is spread over %s, not %.60q", namespaceColumn, by)
	}
	snapshot, err := v.Snapshot(ctx, o.Snapshot)
	if err != nil {
		return list, err
	}
	population, _ := snapshot.Population(o.Selection.Kind)
	list.query = population.Query
	refs, unseen, err := snapshot.Select(o.Selection, func(d engine.Digest) ([]byte, error) { return v.Body(ctx, d) })
	if err != nil {
		return list, err
	}
	if list.unseen = unseen; len(refs) == 0 {
		return list, fmt.Errorf("%s has none: %s%s", o.Name, o.Selection, kindsLike(snapshot, o.Selection.Kind))
	}
	var lister questionnaires.PopulationLister
	for _, ref := range refs {
		item := questionnaires.PopulationItem{Key: ref.Name}
		if ref.Namespace != "" {
			item.Key = ref.Namespace + "/" + ref.Name
		}
		if by != "" {
			item.Stratum = ref.Namespace
		}
		if err := lister.Add(item); err != nil {
			return list, err
		}
	}
	list.PopulationList, err = lister.List()
	return list, err
}

// ListPopulation records the objects of a snapshot as a population.
func (v *Vault) ListPopulation(ctx context.Context, a *questionnaires.Assessment, p questionnaires.ListedPopulation, o questionnaires.ListedObjects) (questionnaires.ListedPopulation, error) {
	list, err := v.listObjects(ctx, o, "")
	if err != nil {
		return p, fmt.Errorf("list population %s: %w", p.Name, err)
	}
	p.Objects, p.Count, p.List, p.Unseen = &o, len(list.Items), list.Digest, list.unseen
	if p.Query == "" {
		p.Query = list.query
	}
	draft, err := a.RecordPopulation(p)
	if err != nil {
		return p, err
	}
	_, err = v.Append(ctx, draft)
	return p, err
}

// ListInventory records what a file lists that is evidence already, as p.Inventory says.
func (v *Vault) ListInventory(ctx context.Context, a *questionnaires.Assessment, p questionnaires.ListedPopulation) (questionnaires.ListedPopulation, error) {
	list, err := v.PopulationList(ctx, a, p, "")
	if err != nil {
		return p, err
	}
	p.Count, p.List = len(list.Items), list.Digest
	draft, err := a.RecordPopulation(p)
	if err != nil {
		return p, err
	}
	_, err = v.Append(ctx, draft)
	return p, err
}

// TakePopulation records a population whose inventory is a file that is taken in as
// evidence by the same save. Of p all is kept but what the list says: count and digest. A
// file that is quarantined is taken in alone, and the error says so.
func (v *Vault) TakePopulation(ctx context.Context, a *questionnaires.Assessment, p questionnaires.ListedPopulation, list questionnaires.PopulationList, f File) (questionnaires.ListedPopulation, questionnaires.Evidence, error) {
	p.Count, p.List = len(list.Items), list.Digest
	if _, err := a.RecordPopulation(p); err != nil {
		return p, questionnaires.Evidence{}, err
	}
	items, err := v.PutFiles(ctx, []File{f}, func(items []questionnaires.Evidence) []questionnaires.Draft {
		if items[0].Quarantined() {
			return nil
		}
		source := *p.Inventory
		source.Evidence = items[0].ID
		p.Inventory = &source
		draft, err := a.RecordPopulation(p)
		if err != nil { // it was allowed before, and only the id differs
			return nil
		}
		return []questionnaires.Draft{draft}
	})
	if err != nil {
		return p, questionnaires.Evidence{}, err
	}
	if items[0].Quarantined() {
		return p, items[0], fmt.Errorf("list population %s: its file was taken in as %s, which is %s; decide on it first, then list it (--evidence %[2]s)", p.Name, items[0].Label(), items[0].SearchWords())
	}
	return p, items[0], nil
}

// DrawSample draws from a population as it is listed now, and gives the sample what it
// takes to draw it again.
func (v *Vault) DrawSample(ctx context.Context, a *questionnaires.Assessment, p questionnaires.ListedPopulation, s questionnaires.Sample) (questionnaires.Sample, error) {
	list, err := v.PopulationList(ctx, a, p, s.Draw.By)
	if err != nil {
		return s, err
	}
	s.Population, s.Count, s.Draw.List = p.ID, len(list.Items), p.List
	if s.Draw.Method == questionnaires.AllTested {
		s.Size = s.Count
		return s, nil
	}
	s.Items, err = list.Draw(s.Draw, s.Size)
	return s, err
}

// RedrawSample draws a sample again, from the list that it was drawn from, and compares
// item by item.
func (v *Vault) RedrawSample(ctx context.Context, a *questionnaires.Assessment, s questionnaires.Sample) (questionnaires.Redraw, error) {
	fail := func(err error) (questionnaires.Redraw, error) {
		return questionnaires.Redraw{}, fmt.Errorf("draw %s again: %w", s.Label(), err)
	}
	if !s.Draw.Method.Drawn() {
		return fail(errors.New("the program did not draw it"))
	}
	p, known, err := a.DrawnFrom(s)
	switch {
	case err != nil:
		return fail(err)
	case !known:
		return fail(errors.New("the list that it was drawn from was never recorded"))
	}
	again, err := v.DrawSample(ctx, a, p, questionnaires.Sample{Size: s.Size, Draw: s.Draw})
	if err != nil {
		return fail(err)
	}
	redraw := s.Compare(again.Items)
	if p.Objects != nil {
		redraw.Since, err = v.listedSince(ctx, a, p)
	}
	return redraw, err
}

// listedSince says what a newer collection of a population's target lists, "" where it
// is the same or there is none.
func (v *Vault) listedSince(ctx context.Context, a *questionnaires.Assessment, p questionnaires.ListedPopulation) (string, error) {
	latest, known, err := a.History().LatestTarget(p.Objects.Target)
	if err != nil || !known || latest.Snapshot == p.Objects.Snapshot {
		return "", err
	}
	o := *p.Objects
	o.Snapshot = latest.Snapshot
	list, err := v.listObjects(ctx, o, "")
	if err != nil || list.Digest == p.List {
		return "", err
	}
	return fmt.Sprintf("the collection of %s lists %d, and the population %d", questionnaires.DayOf(latest.Ended), len(list.Items), p.Count), nil
}
