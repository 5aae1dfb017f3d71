package questionnaires

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Thresholds are numbers of the entity's own by which evidence is judged, as its
// policies and risk analyses have them. 0 and what is left out is as the checks say.
type Thresholds struct {
	// Limits is, by the id of a check that counts who may do something, how many may.
	Limits map[string]int `json:"limits,omitempty"`
	// SecretDays is how many days old the values of a Secret may be.
	SecretDays int `json:"secretDays,omitempty"`
	// ScanDays is how many days old what a scanner reports may be.
	ScanDays int `json:"scanDays,omitempty"`
}

// Bounds of what a threshold may be. A higher one would judge nothing.
const (
	maxLimit = 1000
	maxDays  = 3660
)

// Lines are the limits as CHECK=N, in order.
func (t Thresholds) Lines() []string {
	all := make([]string, 0, len(t.Limits))
	for _, check := range slices.Sorted(maps.Keys(t.Limits)) {
		all = append(all, fmt.Sprintf("%s=%d", check, t.Limits[check]))
	}
	return all
}

// ParseLimits reads limits written as CHECK=N; nil for none.
func ParseLimits(texts []string) (map[string]int, error) {
	var limits map[string]int
	for _, text := range texts {
		check, number, _ := strings.Cut(text, "=")
		n, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil {
			return nil, fmt.Errorf("%q is no limit: want CHECK=N, such as secrets-read-by-few=5", text)
		}
		if limits == nil {
			limits = map[string]int{}
		}
		check = strings.TrimSpace(check)
		if _, again := limits[check]; again {
			return nil, fmt.Errorf("%s has two limits", check)
		}
		limits[check] = n
	}
	return limits, nil
}

// Check refuses what no check could judge by.
func (t Thresholds) Check() error {
	for _, days := range []struct {
		what string
		n    int
	}{{"days of a Secret", t.SecretDays}, {"days of a scan", t.ScanDays}} {
		if days.n < 0 || days.n > maxDays {
			return fmt.Errorf("%s: %d, want 0 (as the checks say) to %d", days.what, days.n, maxDays)
		}
	}
	for _, check := range slices.Sorted(maps.Keys(t.Limits)) {
		if n := t.Limits[check]; n < 1 || n > maxLimit {
			return fmt.Errorf("limit of %s: %d, want 1 to %d", check, n, maxLimit)
		}
	}
	return nil
}

// check refuses a limit of a check that nothing rests on as well.
func (t Thresholds) check(b *bounds, catalogue *Catalogue) {
	b.list("limits", len(t.Limits))
	b.add(t.Check())
	for _, id := range slices.Sorted(maps.Keys(t.Limits)) {
		b.line("check of a limit", id)
		if catalogue == nil || len(catalogue.Informs(id)) == 0 {
			b.add(fmt.Errorf("limit of %s: there is no check of this id", id))
		}
	}
}
