package checks

import (
	_ "embed"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/yaml"

	"tickmark/engine"
)

//go:embed lifecycles/lifecycles.yaml
var lifecycleFile []byte

// lifecycles says how long releases are supported. It is as old as AsOf.
type lifecycles struct {
	AsOf    string            `json:"asOf"`
	Sources map[string]string `json:"sources"` // pages, by what rows call them
	// SecondHand are those that are not of who makes what they speak of.
	SecondHand []string    `json:"secondHand"`
	Kubernetes []lifecycle `json:"kubernetes"`
	Containerd []lifecycle `json:"containerd"`
	Systems    []lifecycle `json:"systems"`
	Rolling    []string    `json:"rolling"`
}

// lifecycle is how long one release is supported.
type lifecycle struct {
	Release  string   `json:"release,omitempty"` // major.minor
	Name     string   `json:"name,omitempty"`    // of a system
	Ends     lastDay  `json:"ends"`
	Extended lastDay  `json:"extended,omitempty"`
	Sold     bool     `json:"sold,omitempty"` // by others, nobody knows until when
	Sources  []string `json:"sources"`        // where it was read: Ends in the first
}

// lastDay is a date, the last on which something holds.
type lastDay struct{ time.Time }

// UnmarshalJSON reads 2006-01-02.
func (d *lastDay) UnmarshalJSON(b []byte) (err error) {
	d.Time, err = time.Parse(`"`+time.DateOnly+`"`, string(b))
	return err
}

func (d lastDay) String() string { return d.Format(time.DateOnly) }

// over reports whether a day is over.
func (d lastDay) over(now time.Time) bool { return !now.Before(d.AddDate(0, 0, 1)) }

var lifecycleTable = sync.OnceValue(func() lifecycles {
	var table lifecycles
	if err := yaml.UnmarshalStrict(lifecycleFile, &table); err != nil {
		panic(err) // the program was built wrong: seen by every test
	}
	return table
})

// judgeRelease judges a version by the table of its releases. Versions that
// somebody built for their own customers may be supported longer than their
// maker does: for them the end is no failure, and no pass either.
func judgeRelease(table []lifecycle, what string, v version, built string, now time.Time, field string, value any) finding {
	asOf := lifecycleTable().AsOf
	if !v.known() {
		return unknown(field, value, "%s: its version cannot be told from %q", what, value)
	}
	if now.IsZero() {
		return unknown(field, value, "Whether %s %s is supported hangs on the day, which was not given", what, v)
	}
	oldest, newest := parseVersion(table[0].Release), parseVersion(table[len(table)-1].Release)
	for _, l := range table {
		switch {
		case l.Release != v.release():
		case !l.Ends.over(now):
			return passes(field, value, "%s %s is supported until %s, as of %s", what, v, l.Ends, asOf)
		case built != "":
			return unknown(field, value, "%s %s was supported by its makers until %s; how long %s supports it was not seen", what, v, l.Ends, built)
		default:
			return fails(field, value, "%s %s has had no security fixes from its makers since %s", what, v, l.Ends)
		}
	}
	switch {
	case !v.atLeast(oldest.major, oldest.minor) && built == "":
		return fails(field, value, "%s %s is older than every release that was ever listed here, and has no security fixes", what, v)
	case v.atLeast(newest.major, newest.minor):
		return unknown(field, value, "%s %s is newer than the table of releases, which is of %s", what, v, asOf)
	}
	return unknown(field, value, "%s %s is not in the table of releases, which is of %s", what, v, asOf)
}

var preRelease = engine.Late(`^-(alpha|beta|rc)\b`)

// builder says who built a version for their own customers, "" for the makers'
// own: all of them mark it behind the three numbers.
func (v version) builder() string {
	i := strings.IndexAny(v.text, "-+~")
	if i < 0 || preRelease().MatchString(v.text[i:]) {
		return ""
	}
	return "who built " + v.text[i:]
}

// judgeSystem judges a node's operating system by how its Node names it.
func judgeSystem(image string, now time.Time, field string) finding {
	table := lifecycleTable()
	for _, name := range table.Rolling {
		if strings.HasPrefix(image, name) {
			return unknown(field, image, "%s is replaced as a whole: whether this image is still the one that gets fixes is on its maker's list of releases", image)
		}
	}
	if now.IsZero() {
		return unknown(field, image, "Whether %s is supported hangs on the day, which was not given", image)
	}
	for _, l := range table.Systems {
		rest, is := strings.CutPrefix(image, l.Name)
		if !is || rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			continue
		}
		said := table.said(l)
		switch {
		case !l.Ends.over(now):
			return passes(field, image, "%s is supported until %s, as of %s%s", l.Name, l.Ends, table.AsOf, said)
		case !l.Extended.IsZero() && !l.Extended.over(now):
			return unknown(field, image, "%s has had fixes only under a contract or from others since %s, until %s%s: whether these are taken was not seen",
				l.Name, l.Ends, l.Extended, said)
		case l.Sold:
			return unknown(field, image, "%s has had fixes only from others, who sell them, since %s%s: whether these are taken was not seen", l.Name, l.Ends, said)
		}
		return fails(field, image, "%s has had no security fixes since %s%s", l.Name, l.Ends, said)
	}
	return unknown(field, image, "How long %s is supported is not in the table of systems, which is of %s", quoteName(image), table.AsOf)
}

// said says of a row that its page is not its maker's, "" of one that is.
func (t lifecycles) said(l lifecycle) string {
	if len(l.Sources) == 0 || !slices.Contains(t.SecondHand, l.Sources[0]) {
		return ""
	}
	page, err := url.Parse(t.Sources[l.Sources[0]])
	if err != nil {
		return ""
	}
	return ", as " + page.Host + " says, which is not its maker"
}

func quoteName(image string) string {
	if image == "" {
		return "a system that is not named"
	}
	return fmt.Sprintf("%q", shorten(image))
}
