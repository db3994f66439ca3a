# CRM: a member that was asked for by a field comes as a list of none or one.

if .status == 404 then {found: false}
else .body.members as $members
| if ($members | length) == 0 then {found: false} else {found: true, record: $members[0]} end
end
