package custom

import (
	_ "embed"
	"strings"
)

//go:embed skeleton.yaml
var skeleton string

// Skeleton returns a questionnaire to begin with, which lints clean. Name is what its
// file is called, of which the code is made.
func Skeleton(name string) string {
	keep := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return ' '
	}
	code := strings.TrimLeft(strings.Join(strings.Fields(strings.Map(keep, strings.ToLower(name))), "-"), "0123456789-")
	if code = strings.Trim(code[:min(40, len(code))], "-"); code == "" {
		code = "own"
	}
	letters := strings.ToUpper(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, code))
	if len(letters) < 2 {
		letters = "ORG"
	}
	return strings.NewReplacer("CODE", code, "PREFIX", letters[:min(4, len(letters))]).Replace(skeleton)
}
