package imports

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tickmark/engine/findings"
)

// gathered is what findings that each stand for themselves say together: of which
// accounts or machines they are, and when the last of them was made.
type gathered struct {
	noun  string
	names map[string]bool
	about map[string]bool // targets of collections
	last  time.Time
}

func newGathered(noun string) *gathered {
	return &gathered{noun: noun, names: map[string]bool{}, about: map[string]bool{}}
}

// add notes one finding. About is "" where nothing beyond doubt is named.
func (g *gathered) add(name, about string, made time.Time) {
	const most = 10_000
	if name != "" && len(g.names) < most {
		g.names[name] = true
	}
	if len(g.about) < most {
		g.about[about] = true
	}
	if made.After(g.last) {
		g.last = made
	}
}

// artifact is what all of them are of.
func (g *gathered) artifact(in *intake) {
	names := slices.Sorted(maps.Keys(g.names))
	in.report.Ran = g.last
	switch len(names) {
	case 0:
	case 1:
		in.report.Looked = findings.Artifact{Kind: g.noun, Name: g.noun + " " + names[0]}
	default:
		in.report.Looked = findings.Artifact{Kind: g.noun + "s", Name: fmt.Sprintf("%ss %s", g.noun, strings.Join(names, ", "))}
	}
	if about := slices.Sorted(maps.Keys(g.about)); len(about) == 1 {
		in.about = about[0]
	}
}

// partition is the partition of AWS that an ARN names.
func partition(arn string) string {
	parts := strings.SplitN(arn, ":", 3)
	if len(parts) < 3 || parts[0] != "arn" || !strings.HasPrefix(parts[1], "aws") {
		return ""
	}
	return parts[1]
}

// isAccount reports whether a text is the number of an AWS account.
func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}
