package bundle

import (
	"path"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// bearing says what an item of evidence has to do with a requirement.
type bearing struct {
	requirement questionnaires.RequirementID
	how         string
	response    questionnaires.Response
}

// The ways in which an item bears on a requirement, the strongest first.
const (
	cited    = "cited"
	attached = "attached"
	informs  = "informs"
)

// places knows the requirements of an assessment by what is cited and what informs them.
type places struct {
	assessment *questionnaires.Assessment
	cited      map[questionnaires.ID][]questionnaires.RequirementID
	informed   map[string][]questionnaires.RequirementID // by check
}

func placesOf(a *questionnaires.Assessment) places {
	p := places{a, map[questionnaires.ID][]questionnaires.RequirementID{}, map[string][]questionnaires.RequirementID{}}
	for _, r := range a.Requirements() {
		for _, id := range a.Current(r.ID).Cited() {
			p.cited[id] = append(p.cited[id], r.ID)
		}
		for _, link := range r.InformedBy {
			if link.Class >= questionnaires.Partial {
				p.informed[link.Check] = append(p.informed[link.Check], r.ID)
			}
		}
	}
	return p
}

// of are the requirements that an item bears on, each once: where it is cited first.
func (p places) of(item questionnaires.Evidence) []bearing {
	var all []bearing
	add := func(how string, ids []questionnaires.RequirementID) {
		for _, id := range ids {
			if !slices.ContainsFunc(all, func(b bearing) bool { return b.requirement == id }) {
				all = append(all, bearing{id, how, p.assessment.Current(id).Response})
			}
		}
	}
	add(cited, p.cited[item.ID])
	add(attached, item.Requirements)
	if item.Result != nil {
		add(informs, p.informed[item.Result.Check])
	}
	return all
}

// nameOf is where an item stands: in the folder of the first requirement that it bears
// on, under its number and title. The name is plain ASCII, which every system unpacks
// the same way; the whole title stands in the index.
func nameOf(item questionnaires.Evidence, bears []bearing) string {
	folder, ext := "no-requirement", ".json"
	if len(bears) > 0 {
		folder = plain(bears[0].requirement.String(), 40)
	}
	if item.File != nil {
		ext = extension(item.File.Name)
	}
	name := plain(item.Label(), 40)
	if title := plain(item.Title, 60); title != "" {
		name += "-" + title
	}
	return path.Join(evidenceFolder, folder, name+ext)
}

// plain keeps letters, digits and dots of ASCII, and one hyphen for whatever stands
// between them.
func plain(s string, limit int) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if r < 0x80 && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '.') {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap = false
		} else {
			gap = true
		}
		if b.Len() >= limit {
			break
		}
	}
	return strings.Trim(b.String(), ".-")
}

// extension is that of a file's name where it is a plain one.
func extension(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if len(ext) < 2 || len(ext) > 9 || plain(ext, 10) != ext[1:] {
		return ".bin"
	}
	return ext
}
