package imports

import "tickmark/engine"

// Bounds of the rules that are kept while results are read: tools write some of them for every
// vulnerability, with pages of help that are not read.
const (
	maxRules     = 50_000
	maxRuleBytes = 32 << 20
)

// sarifComponent is who brings rules: the tool itself, or an extension of it.
type sarifComponent struct {
	name, version, semantic string
	rules                   map[string]sarifRule
	byIndex                 []string
}

// sarifComponentName is how a result names the component that its rule is of.
type sarifComponentName struct {
	Index *int   `json:"index"`
	Name  string `json:"name"`
	GUID  string `json:"guid"`
}

// sarifRule is what a result's rule says of it.
type sarifRule struct {
	ID                   string    `json:"id"`
	Name                 string    `json:"name"`
	ShortDescription     sarifText `json:"shortDescription"`
	HelpURI              string    `json:"helpUri"`
	DefaultConfiguration struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties struct {
		Tags     []string `json:"tags"`
		Severity string   `json:"security-severity"`
	} `json:"properties"`
}

type sarifText struct {
	Text string `json:"text"`
}

// size is how much is kept of a rule.
func (r sarifRule) size() int {
	size := len(r.ID) + len(r.Name) + len(r.ShortDescription.Text) + len(r.HelpURI) + len(r.DefaultConfiguration.Level) + len(r.Properties.Severity)
	for _, tag := range r.Properties.Tags {
		size += len(tag)
	}
	return size
}

// component is whose rules a result is by; one without any where the result names a component
// that is not there.
func (r *sarifRun) component(of sarifComponentName) *sarifComponent {
	if of == (sarifComponentName{}) {
		return &r.driver
	}
	for i, e := range r.extensions {
		if of.Index != nil && i == *of.Index || of.Index == nil && of.Name != "" && e.name == of.Name {
			return e
		}
	}
	if of.Index == nil && of.Name != "" && of.Name == r.driver.name {
		return &r.driver
	}
	return &sarifComponent{}
}

// sarifTool reads who ran, and the rules rule by rule.
func (in *intake) sarifTool(s *stream, run func() *sarifRun) *spot {
	rules, size, beyond := 0, 0, false
	component := func(of func() *sarifComponent) map[string]*spot {
		text := func(into func(*sarifComponent) *string) *spot {
			return taken(func(raw []byte) { in.understand(s.line(), "what stands beside the results: ", raw, into(of())) })
		}
		rule := taken(func(raw []byte) {
			var rule sarifRule
			in.understand(s.line(), "a rule: ", raw, &rule)
			if size += rule.size(); beyond || rule.ID == "" {
				return
			}
			c := of()
			if c.rules == nil {
				c.rules = map[string]sarifRule{}
			}
			c.rules[rule.ID], c.byIndex[len(c.byIndex)-1] = rule, rule.ID
		})
		rule.begin = func(string) { // one that cannot be read has its number all the same
			if rules++; (rules > maxRules || size > maxRuleBytes) && !beyond {
				beyond = true
				in.gap(s.line(), engine.TooLarge, "not all rules were kept, by which its results are rated")
			}
			if c := of(); !beyond {
				c.byIndex = append(c.byIndex, "")
			}
		}
		return map[string]*spot{
			"name":            text(func(c *sarifComponent) *string { return &c.name }),
			"version":         text(func(c *sarifComponent) *string { return &c.version }),
			"semanticVersion": text(func(c *sarifComponent) *string { return &c.semantic }),
			"rules":           each(rule),
		}
	}
	extension := fields(component(func() *sarifComponent { return run().extensions[len(run().extensions)-1] }))
	extension.begin = func(string) {
		if r := run(); len(r.extensions) < headMembers {
			r.extensions = append(r.extensions, &sarifComponent{})
		} else {
			*r.extensions[len(r.extensions)-1] = sarifComponent{} // nothing is rated by those that are more
		}
	}
	return fields(map[string]*spot{
		"driver": fields(component(func() *sarifComponent { return &run().driver })), "extensions": each(extension),
	})
}
