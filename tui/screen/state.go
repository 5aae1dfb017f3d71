package screen

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// sign is a state as glyph and word; neither stands alone.
type sign struct {
	glyph, word string
	tone        theme.Token
}

// text is the sign in words.
func (s sign) text() string { return s.glyph + " " + s.word }

func (s sign) paint(t theme.Theme) string { return t.Paint(s.tone, s.text()) }

func responseSign(r questionnaires.Response) sign {
	s := sign{word: r.Title()}
	switch r {
	case questionnaires.InPlace:
		s.glyph, s.tone = "✓", theme.Good
	case questionnaires.InPlaceWithCCW:
		s.glyph, s.tone = "◆", theme.Good
	case questionnaires.NotInPlace:
		s.glyph, s.tone = "✗", theme.Bad
	case questionnaires.NotApplicable:
		s.glyph, s.tone = "–", theme.Muted
	case questionnaires.NotTested:
		s.glyph, s.tone = "?", theme.Warning
	case questionnaires.Unanswered:
		s.glyph, s.word, s.tone = "·", "unanswered", theme.Muted
	default:
		s.glyph, s.word = "·", "unanswered"
	}
	return s
}

func verdictSign(v engine.Verdict) sign {
	switch v {
	case engine.Pass:
		return sign{"●", "pass", theme.Good}
	case engine.Fail:
		return sign{"○", "fail", theme.Bad}
	case engine.NotApplicable:
		return sign{"–", "not applicable", theme.Muted}
	case engine.Unknown:
	}
	return sign{"◌", "unknown", theme.Unseen}
}

func stanceSign(s questionnaires.Stance) sign {
	switch s {
	case questionnaires.Supports:
		return sign{"●", "supports", theme.Good}
	case questionnaires.Contradicts:
		return sign{"○", "contradicts", theme.Bad}
	case questionnaires.CannotSay:
	}
	return sign{"◌", "cannot say", theme.Unseen}
}

// rowSign is what the evidence says of a requirement, in a word; none where no
// result bears on it.
func rowSign(r Row) (sign, bool) {
	if r.Results == 0 {
		return sign{}, false
	}
	return stanceSign(r.Suggestion.Stance), true
}

// count is a number of things in words: "1 problem", "1,204 objects".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands writes a number with commas.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// verdictCounts says how the subjects of a result came out.
func verdictCounts(r *questionnaires.ResultSource) string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{r.Failed, "fail"}, {r.Unknown, "unknown"}, {r.Passed, "pass"}, {r.Others, "not applicable"}} {
		if c.n > 0 {
			parts = append(parts, thousands(c.n)+" "+c.word)
		}
	}
	if len(parts) == 0 {
		return "no subjects"
	}
	return strings.Join(parts, ", ")
}

// stamp is a time in UTC.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// since is a time as one would say it today.
func since(t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	day := func(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }
	switch days := int(day(now).Sub(day(t)) / (24 * time.Hour)); {
	case t.IsZero():
		return "never"
	case days == 0:
		return "today " + t.Format("15:04") + " UTC"
	case days == 1:
		return "yesterday " + t.Format("15:04") + " UTC"
	case days > 1 && days < 100:
		return fmt.Sprintf("%d days ago (%s)", days, t.Format("2006-01-02"))
	}
	return t.Format("2006-01-02")
}

// bar is done of total in width cells, frame included.
func bar(done, total, width int) string {
	inner := max(width-2, 1)
	full := 0
	if total > 0 {
		full = inner * done / total
	}
	return "▕" + strings.Repeat("█", full) + strings.Repeat("░", inner-full) + "▏"
}

// subjectName is a subject without its kind's group, for people.
func subjectName(r engine.Ref) string {
	name := r.Name
	if r.Namespace != "" {
		name = r.Namespace + "/" + r.Name
	}
	if name == "" {
		name = "all"
	}
	return r.Kind + " " + name
}
