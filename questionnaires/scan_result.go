package questionnaires

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// TestResult is what a scan or a test came to. What nobody said is neither.
type TestResult int

// The results.
const (
	NoResult TestResult = iota
	TestPassed
	TestFailed
)

var testResults = [...]string{"", "pass", "fail"}

// String returns the result's text, "" where nothing was said.
func (r TestResult) String() string { return textOf(testResults[:], int(r)) }

// MarshalText writes what String returns.
func (r TestResult) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *TestResult) UnmarshalText(b []byte) error {
	i, err := indexOf("result of a test", testResults[:], string(b))
	*r = TestResult(i)
	return err
}

// Severities is how many flaws of each rank were found, or remained. What was not
// counted is nil, and is not none.
type Severities struct {
	Critical *int `json:"critical,omitempty"`
	High     *int `json:"high,omitempty"`
	Medium   *int `json:"medium,omitempty"`
	Low      *int `json:"low,omitempty"`
}

// IsZero reports whether nothing was counted.
func (s Severities) IsZero() bool { return s == Severities{} }

// ranked is how many flaws of a rank there are; nil where nobody counted.
type ranked struct {
	name string
	n    *int
}

func (s Severities) ranks() []ranked {
	return []ranked{{"critical", s.Critical}, {"high", s.High}, {"medium", s.Medium}, {"low", s.Low}}
}

// String says what was counted, "" if nothing was.
func (s Severities) String() string {
	text := ""
	for _, r := range s.ranks() {
		if r.n != nil {
			text = joined(text, ", ", fmt.Sprintf("%d %s", *r.n, r.name))
		}
	}
	return text
}

func joined(text, by, more string) string {
	if text == "" {
		return more
	}
	return text + by + more
}

// severe is how many of the two upper ranks there are, and whether both were counted.
func (s Severities) severe() (n int, counted bool) {
	for _, r := range []*int{s.Critical, s.High} {
		if r != nil {
			n += *r
		}
	}
	return n, s.Critical != nil && s.High != nil
}

func (s Severities) check(b *bounds) {
	for _, r := range s.ranks() {
		if r.n != nil {
			b.count(r.name+" flaws", *r.n)
		}
	}
}

// Rescan is a scan or a test that was done again to see what was mended.
type Rescan struct {
	On       Day        `json:"on"`
	Result   TestResult `json:"result,omitzero"`
	Remained Severities `json:"remained,omitzero"`
	Note     string     `json:"note,omitempty"`
}

// resultOf is a result as a scan or test has it: what failed, or left a flaw of the upper
// ranks, failed. Where flaws are counted, a result is known once both ranks are.
func resultOf(result TestResult, found Severities, counts bool) TestResult {
	switch n, counted := found.severe(); {
	case result == TestFailed || n > 0:
		return TestFailed
	case counts && !counted:
		return NoResult
	case counts:
		return TestPassed
	}
	return result
}

// rescans are those of one scan or test.
type rescans struct {
	all    []Rescan
	again  string // what one is called
	first  string // what it follows
	counts bool   // flaws are counted, and the result follows from that
}

// last is the result that stands on a day, and the day of it.
func (r rescans) last(on Day, first TestResult, day Day) (TestResult, Day) {
	for _, again := range r.upTo(day) {
		first, on = resultOf(again.Result, again.Remained, r.counts), again.On
	}
	return first, on
}

// upTo are those up to a day, oldest first.
func (r rescans) upTo(day Day) []Rescan {
	done := slices.DeleteFunc(slices.Clone(r.all), func(again Rescan) bool { return again.On > day })
	slices.SortStableFunc(done, func(x, y Rescan) int { return cmp.Compare(x.On, y.On) })
	return done
}

// cleared is the day of the result from which on, as known on a day, each passed.
func (r rescans) cleared(on Day, first TestResult, day Day) Day {
	cleared, passed := on, first == TestPassed
	for _, again := range r.upTo(day) {
		passes := resultOf(again.Result, again.Remained, r.counts) == TestPassed
		if !passed || !passes {
			cleared = again.On
		}
		passed = passes
	}
	return cleared
}

// remains says what stands against a pass on a day, "" if nothing does.
func (r rescans) remains(on Day, first TestResult, day Day) string {
	switch result, last := r.last(on, first, day); {
	case result == TestPassed:
		return ""
	case result == NoResult && last == on && len(r.all) == 0:
		return "its result is not recorded"
	case result == NoResult:
		return fmt.Sprintf("the result of the %s of %s is not recorded", r.again, last)
	case len(r.all) == 0 || last == on:
		return fmt.Sprintf("it failed, and no %s passed", r.again)
	default:
		return fmt.Sprintf("the %s of %s failed", r.again, last)
	}
}

func (r rescans) check(b *bounds) {
	b.list(r.again+"s", len(r.all))
	for _, again := range r.all {
		b.day(r.again, again.On)
		b.text("note on a "+r.again, again.Note)
		again.Remained.check(b)
	}
}

// broken names the rules of order that they break.
func (r rescans) broken(on Day) []string {
	var broken []string
	for _, again := range r.all {
		switch {
		case again.On == "":
			broken = append(broken, fmt.Sprintf("a %s has no day", r.again))
		case again.On < on:
			broken = append(broken, fmt.Sprintf("the %s of %s is before the %s of %s: a %s follows its %s", r.again, again.On, r.first, on, r.again, r.first))
		}
	}
	return broken
}

// lacks names what they miss.
func (r rescans) lacks() []string {
	var lacking []string
	for _, again := range r.all {
		if resultOf(again.Result, again.Remained, r.counts) == NoResult {
			lacking = append(lacking, fmt.Sprintf("result of the %s of %s", r.again, again.On))
		}
	}
	return lacking
}

func (r rescans) days() []dated {
	days := make([]dated, len(r.all))
	for i, again := range r.all {
		days[i] = dated{r.again, again.On}
	}
	return days
}

// about says them in order.
func (r rescans) about() string {
	text := ""
	for _, again := range r.all {
		came := again.Result.String()
		if !again.Remained.IsZero() {
			came = phrase(came, again.Remained.String()+" remained")
		}
		text = joined(text, "; ", r.again+" "+string(again.On)+": "+came)
	}
	return text
}

// dated is a day and what is of it.
type dated struct {
	what string
	on   Day
}

// said is the text of a number, "" where none was said.
func said(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
