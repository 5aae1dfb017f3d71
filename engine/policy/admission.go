package policy

import (
	"tickmark/engine/sheet"
)

// admitted is what files hold of admission policies.
type admitted struct{}

func (r *reading) object(name string, before int, lines sheet.Lines, tree map[string]any) {}

func (r *reading) admissions() {}
