package policy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Param is a parameter of a policy: what its author leaves to who runs it.
type Param struct {
	Name    string  `json:"name"`
	Type    string  `json:"type"`              // string, int, double, bool or strings
	Default *string `json:"default,omitempty"` // as text; what is empty is the type's zero value, nil is none
	What    string  `json:"what"`              // says what it is for
}

// paramTypes are the types that a parameter may have.
var paramTypes = map[string]*cel.Type{
	"string": cel.StringType, "int": cel.IntType, "double": cel.DoubleType, "bool": cel.BoolType, "strings": cel.ListType(cel.StringType),
}

// value reads a text as the parameter's type; strings are parted by commas.
func (p Param) value(text string) (any, error) {
	var value any
	var err error
	switch p.Type {
	case "int":
		value, err = strconv.ParseInt(orZero(text, "0"), 10, 64)
	case "double":
		value, err = strconv.ParseFloat(orZero(text, "0"), 64)
	case "bool":
		value, err = strconv.ParseBool(orZero(text, "false"))
	case "strings":
		items := []any{}
		for _, item := range strings.Split(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
		value = items
	default:
		value = text
	}
	if err != nil {
		return nil, fmt.Errorf("parameter %s: %q is no %s", p.Name, text, p.Type)
	}
	return value, nil
}

func orZero(text, zero string) string {
	if text == "" {
		return zero
	}
	return text
}

// bind puts the values of parameters where expressions find them. One that has no value
// keeps what asks for it from an answer: the zero value would be one that nobody chose.
func bind(params []Param, given map[string]string, to map[string]any) error {
	for _, p := range params {
		text, is := given[p.Name]
		switch {
		case is:
		case p.Default != nil:
			text = *p.Default
		default:
			to["params."+p.Name] = func() ref.Val { return types.NewErr("parameter %s has no default, and no value was given", p.Name) }
			continue
		}
		value, err := p.value(text)
		if err != nil {
			return err
		}
		to["params."+p.Name] = adapter{}.NativeToValue(value)
	}
	return nil
}
