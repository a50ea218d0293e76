select *
from read_json('{{ env_var("LAKE") }}/song_data/*/*/*/*.json')
