package screen

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// populationForm lists a population from evidence.
func (d *Desk) populationForm() tea.Cmd {
	type p = questionnaires.ListedPopulation
	id, err := d.NewID()
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	value := &p{ID: id, Inventory: &questionnaires.Inventory{}}
	return push(heldForm(d, "New population", "Lists a population from a file that was taken in as evidence: an item a line, a table whose first line names its columns, or a JSON object a line. An item stands in it once.", value, func(now *Picture) []blank[p] {
		return []blank[p]{
			line("Name", "How people tell it from others.", true, func(p *p) *string { return &p.Name }),
			choice("File", "The evidence that lists it.", true, inventoryOptions(now), func(p *p) string { return string(p.Inventory.Evidence) }, func(p *p, text string) error {
				item, _ := now.Assessment.Evidence(questionnaires.ID(text))
				next := questionnaires.Inventory{Evidence: item.ID, Column: p.Inventory.Column}
				if item.File != nil {
					next.Format = questionnaires.FormatOfInventory(item.File.Name)
				}
				p.Inventory = &next
				return nil
			}),
			line("Column", "The column or field that names an item; nothing where each line is one.", value.Inventory.Format != questionnaires.TextInventory, func(p *p) *string { return &p.Inventory.Column }),
			line("Of", "What it lists, such as servers in production.", false, func(p *p) *string { return &p.Of }),
			long("Query", "How the list was made, such as the query that the client ran.", false, func(p *p) *string { return &p.Query }),
			long("Assurance", "How it was made sure that the list is whole.", false, func(p *p) *string { return &p.Assurance }),
		}
	}, sending{form: formKey("New population"), label: "list", help: "list it", work: func(asked any) job {
		held := *value
		return d.listing(held.Name, asked, func(ctx context.Context, a *questionnaires.Assessment) (questionnaires.ListedPopulation, error) {
			return d.vault.ListInventory(ctx, a, held)
		})
	}}))
}

// objects are what a population of a collection's objects is listed by.
type objects struct {
	questionnaires.ListedPopulation
	kind string // as `kubectl` writes it, with its group
	of   questionnaires.ListedObjects
}

// objectsForm lists a population of the objects that a collection saw.
func (d *Desk) objectsForm() tea.Cmd {
	id, err := d.NewID()
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	value := &objects{ListedPopulation: questionnaires.ListedPopulation{ID: id}}
	if seen := d.picture.Seen; len(seen) == 1 {
		value.of.Target = seen[0].Target.ID
	}
	return push(heldForm(d, "New population of objects", "Lists the objects of a kind that the newest collection of a target saw. What could not be seen makes a list that is not whole.", value, objectBlanks,
		sending{form: formKey("New population of objects"), label: "list", help: "list it", work: func(asked any) job {
			held := *value
			held.of.Selection.Kind.Kind, held.of.Selection.Kind.Group, _ = strings.Cut(strings.TrimSpace(held.kind), ".")
			return d.listing(held.Name, asked, func(ctx context.Context, a *questionnaires.Assessment) (questionnaires.ListedPopulation, error) {
				seen, err := newestSeen(a.History(), held.of.Target)
				if err != nil {
					return held.ListedPopulation, err
				}
				held.of.Snapshot, held.of.Name = seen.Snapshot, seen.Target.Name
				return d.vault.ListPopulation(ctx, a, held.ListedPopulation, held.of)
			})
		}}))
}

// newestSeen is the newest collection of a target.
func newestSeen(h *questionnaires.History, target string) (questionnaires.TargetSeen, error) {
	all, err := h.LatestTargets()
	if i := slices.IndexFunc(all, func(t questionnaires.TargetSeen) bool { return t.Target.ID == target }); i >= 0 {
		return all[i], nil
	}
	return questionnaires.TargetSeen{}, cmp.Or(err, fmt.Errorf("find target %s: nothing was collected of it", target))
}

func objectBlanks(now *Picture) []blank[objects] {
	targets := make([]option, len(now.Seen))
	for i, t := range now.Seen {
		targets[i] = option{value: t.Target.ID, text: t.Target.Name, about: count(t.Objects, "object", "objects") + ", " + t.Ended.UTC().Format("2006-01-02 15:04 UTC")}
	}
	return []blank[objects]{
		line("Name", "How people tell it from others.", true, func(o *objects) *string { return &o.Name }),
		choice("Collection", "Of which target; its newest collection counts.", true, targets, func(o *objects) string { return o.of.Target }, func(o *objects, text string) error { o.of.Target = text; return nil }),
		line("Kind", "Of which kind the objects are, with its group if it has one: Pod, Node, Deployment.apps.", true, func(o *objects) *string { return &o.kind }),
		line("Namespace", "Only those of a namespace; nothing for all.", false, func(o *objects) *string { return &o.of.Selection.Namespace }),
		labelsBlank(func(o *objects) *map[string]string { return &o.of.Selection.Labels }),
		line("Of", "What it lists, such as workloads in production.", false, func(o *objects) *string { return &o.Of }),
		long("Assurance", "How it was made sure that the list is whole, where the collection could not see everything.", false, func(o *objects) *string { return &o.Assurance }),
	}
}

// labelsBlank asks for labels, all of which an object has to carry.
func labelsBlank(at func(*objects) *map[string]string) blank[objects] {
	return blank[objects]{
		place: place{label: "Labels", help: "Only those that carry all of these labels, one a line: app=api. Nothing for all.", kind: longKind},
		get: func(o *objects) string {
			var all []string
			for _, name := range slices.Sorted(maps.Keys(*at(o))) {
				all = append(all, name+"="+(*at(o))[name])
			}
			return strings.Join(all, "\n")
		},
		set: func(o *objects, text string) error {
			all := map[string]string{}
			for line := range strings.Lines(text) {
				if line = strings.TrimSpace(line); line == "" {
					continue
				}
				name, value, is := strings.Cut(line, "=")
				if !is || name == "" {
					return fmt.Errorf("label %.60q is not written as name=value", line)
				}
				all[name] = value
			}
			*at(o) = all
			return nil
		},
	}
}

// listing lists a population and says what came of it.
func (d *Desk) listing(name string, asked any, list func(context.Context, *questionnaires.Assessment) (questionnaires.ListedPopulation, error)) job {
	return func() changed {
		h, err := d.vault.History(d.ctx)
		if err != nil {
			return changed{err: err, asked: asked}
		}
		var p questionnaires.ListedPopulation
		a, err := h.Assessment(d.Catalogue, d.id)
		if err == nil {
			p, err = list(context.WithoutCancel(d.ctx), a)
		}
		if err != nil {
			return changed{err: err, asked: asked}
		}
		picture, err := d.look()
		return changed{picture: picture, err: err, said: name + ": " + count(p.Count, "item", "items") + " listed", asked: asked}
	}
}

// inventoryOptions are the files that may list something.
func inventoryOptions(p *Picture) []option {
	var options []option
	for _, o := range evidenceOptions(p) {
		if item, known := p.Assessment.Evidence(questionnaires.ID(o.value)); known && item.File != nil && item.Expunged == nil {
			options = append(options, o)
		}
	}
	return options
}

// assuranceForm says what is said of a population beside its list.
func assuranceForm(d *Desk, p questionnaires.ListedPopulation) *Form {
	type l = questionnaires.ListedPopulation
	listed := subject[l]{
		shown: func(now *Picture) l { found, _ := now.Assessment.Population(p.ID); return found },
		of:    func(a *questionnaires.Assessment) (l, error) { found, _ := a.Population(p.ID); return found, nil },
		keep:  func(a *questionnaires.Assessment, p l) (questionnaires.Draft, error) { return a.RecordPopulation(p) },
	}
	return formOf(d, p.Name, "What is said of the population. Its list stays as it is.", listed, func(*Picture) []blank[l] {
		return []blank[l]{
			line("Name", "How people tell it from others.", true, func(p *l) *string { return &p.Name }),
			line("Of", "What it lists.", false, func(p *l) *string { return &p.Of }),
			long("Query", "How the list was made.", false, func(p *l) *string { return &p.Query }),
			long("Assurance", "How it was made sure that the list is whole.", false, func(p *l) *string { return &p.Assurance }),
		}
	})
}
