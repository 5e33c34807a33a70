package main

// pythonTable holds ours against the Python CDK: the contestant that did the same task.
func pythonTable(jobs []job, o outcome) *table {
	t := &table{head: []string{
		"job", "case", "records/s, Python", "Go", "x", "x per CPU second", "bare loop, the same",
		"peak MiB, Python", "Go",
	}}
	for _, j := range jobs {
		if j.kind != rates {
			continue // the table of the job shows it
		}
		name := j.name
		for _, r := range o[j.name] {
			theirs, ok := r.way(python)
			kit, both := r.way(ours)
			if j.pythonReads != "" {
				kit, both = r.way(j.pythonReads)
			}
			if !ok || !both {
				continue
			}
			least, _ := r.way(bare)
			t.add(name, r.name, number(theirs.rate()), number(kit.rate()),
				number(kit.faster(theirs)), number(kit.against(theirs)),
				number(least.against(theirs)),
				mebibytes(theirs.peak()), mebibytes(kit.peak()))
			name = ""
		}
	}
	return t
}
